#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/pem.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/log_entry_body.h>

#include <algorithm>
#include <array>
#include <utility>

#include "key_details.h"
#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

struct KindName {
  std::string_view name;
  std::string_view version;
  LogEntryKind kind;
  LogGeneration generation;
};

constexpr auto kKinds = std::to_array<KindName>({
    {"hashedrekord", "0.0.1", LogEntryKind::kHashedRekord001, LogGeneration::kRekor1},
    {"dsse", "0.0.1", LogEntryKind::kDsse001, LogGeneration::kRekor1},
    {"intoto", "0.0.2", LogEntryKind::kIntoto002, LogGeneration::kRekor1},
    {"hashedrekord", "0.0.2", LogEntryKind::kHashedRekord002, LogGeneration::kTiles},
    {"dsse", "0.0.2", LogEntryKind::kDsse002, LogGeneration::kTiles},
});

struct HashName {
  std::string_view name;
  crypto::HashAlgorithm algorithm;
};

constexpr auto kProtobufHashes = std::to_array<HashName>({
    {"SHA2_256", crypto::HashAlgorithm::kSha256},
    {"SHA2_384", crypto::HashAlgorithm::kSha384},
    {"SHA2_512", crypto::HashAlgorithm::kSha512},
});

const KindName& entry_of(LogEntryKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const KindName& each) { return each.kind == kind; });
}

// {"algorithm":"sha256","value":"<hex>"}
Result<HashOutput> read_hex_hash(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto name, reader.required_string("algorithm"));
  SEALIFT_ASSIGN(const auto value, reader.required_string("value"));
  SEALIFT_TRY(reader.finish());
  const auto algorithm = crypto::parse_hash_algorithm(name);
  if (!algorithm) return fail(reader.error_at("algorithm", "is no hash that is used here"));
  auto bytes = hex_decode(value);
  if (!bytes || bytes->size() != crypto::hash_size(*algorithm)) {
    return fail(reader.error_at("value", "is not a hash of that algorithm in hexadecimal"));
  }
  return HashOutput{*algorithm, *std::move(bytes)};
}

Result<HashOutput> required_hex_hash(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto hash, reader.required_object(name));
  return read_hex_hash(std::move(hash));
}

// {"algorithm":"SHA2_256","digest":"<base64>"}
Result<HashOutput> read_protobuf_hash(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto name, reader.required_string("algorithm"));
  SEALIFT_ASSIGN(auto bytes, required_bytes(reader, "digest"));
  SEALIFT_TRY(reader.finish());
  for (const auto& [known, algorithm] : kProtobufHashes) {
    if (name != known) continue;
    if (bytes.size() == crypto::hash_size(algorithm)) {
      return HashOutput{algorithm, std::move(bytes)};
    }
    return fail(reader.error_at("digest", "is not as long as a hash of that algorithm"));
  }
  return fail(reader.error_at("algorithm", "is no hash that is used here"));
}

// Base64 around PEM: a certificate, of a chain the first, or a key.
Result<> read_pem_verifier(ObjectReader& reader, std::string_view name, LogEntryBody& body) {
  SEALIFT_ASSIGN(const auto pem, required_bytes(reader, name));
  const std::string path = reader.path_of(name);
  SEALIFT_ASSIGN(const auto blocks, crypto::read_pem(pem, path));
  body.is_certificate = blocks.front().label == "CERTIFICATE";
  if (body.is_certificate || blocks.front().label == "PUBLIC KEY") {
    body.verifier = blocks.front().content.view();
    return {};
  }
  SEALIFT_ASSIGN(const auto key, crypto::PublicKey::from_pem(pem, path));
  body.verifier = key.der();
  return {};
}

// {"keyDetails":…,"x509Certificate"|"publicKey":{"rawBytes":…}}
Result<> read_protobuf_verifier(ObjectReader reader, LogEntryBody& body) {
  SEALIFT_ASSIGN(body.key_details, reader.required_string("keyDetails"));
  SEALIFT_ASSIGN(auto certificate, reader.optional_object("x509Certificate"));
  SEALIFT_ASSIGN(auto key, reader.optional_object("publicKey"));
  SEALIFT_TRY(reader.finish());
  if (certificate.has_value() == key.has_value()) {
    return fail(
        reader.error_at("publicKey", "exactly one of publicKey and x509Certificate must be set"));
  }
  body.is_certificate = certificate.has_value();
  auto& holder = certificate ? *certificate : *key;
  SEALIFT_ASSIGN(body.verifier, required_bytes(holder, "rawBytes"));
  return holder.finish();
}

// {"content":<base64>,"verifier":…}
Result<> read_protobuf_signature(ObjectReader reader, LogEntryBody& body) {
  SEALIFT_ASSIGN(body.signature, required_bytes(reader, "content"));
  SEALIFT_ASSIGN(auto verifier, reader.required_object("verifier"));
  SEALIFT_TRY(reader.finish());
  return read_protobuf_verifier(std::move(verifier), body);
}

// The one element of "signatures".
Result<ObjectReader> single_signature(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto signatures, reader.objects("signatures"));
  if (signatures.size() != 1) {
    return fail(reader.error_at(
        "signatures", "must hold exactly one signature, not " + std::to_string(signatures.size())));
  }
  return std::move(signatures.front());
}

Result<> read_hashed_rekord_001(ObjectReader& spec, LogEntryBody& body) {
  SEALIFT_ASSIGN(auto data, spec.required_object("data"));
  SEALIFT_ASSIGN(body.digest, required_hex_hash(data, "hash"));
  SEALIFT_TRY(data.finish());
  SEALIFT_ASSIGN(auto signature, spec.required_object("signature"));
  SEALIFT_ASSIGN(body.signature, required_bytes(signature, "content"));
  SEALIFT_ASSIGN(auto key, signature.required_object("publicKey"));
  SEALIFT_TRY(read_pem_verifier(key, "content", body));
  SEALIFT_TRY(key.finish());
  return signature.finish();
}

Result<> read_dsse_001(ObjectReader& spec, LogEntryBody& body) {
  SEALIFT_ASSIGN(body.envelope_digest, required_hex_hash(spec, "envelopeHash"));
  SEALIFT_ASSIGN(body.digest, required_hex_hash(spec, "payloadHash"));
  SEALIFT_ASSIGN(auto signature, single_signature(spec));
  SEALIFT_ASSIGN(body.signature, required_bytes(signature, "signature"));
  SEALIFT_TRY(read_pem_verifier(signature, "verifier", body));
  return signature.finish();
}

Result<> read_intoto_002(ObjectReader& spec, LogEntryBody& body) {
  SEALIFT_ASSIGN(auto content, spec.required_object("content"));
  SEALIFT_ASSIGN(body.envelope_digest, required_hex_hash(content, "hash"));
  SEALIFT_ASSIGN(body.digest, required_hex_hash(content, "payloadHash"));
  SEALIFT_ASSIGN(auto envelope, content.required_object("envelope"));
  SEALIFT_TRY(content.finish());
  SEALIFT_ASSIGN(body.payload_type, envelope.required_string("payloadType"));
  SEALIFT_ASSIGN(auto signature, single_signature(envelope));
  SEALIFT_TRY(envelope.finish());
  // Rekor keeps the text of the envelope, in base64 as any bytes.
  SEALIFT_ASSIGN(const auto text, required_bytes(signature, "sig"));
  auto bytes = base64_decode(text);
  if (!bytes) return fail(signature.error_at("sig", bytes.error().message()));
  body.signature = *std::move(bytes);
  SEALIFT_TRY(read_pem_verifier(signature, "publicKey", body));
  SEALIFT_TRY(signature.optional_string("keyid"));
  return signature.finish();
}

Result<> read_hashed_rekord_002(ObjectReader& spec, LogEntryBody& body) {
  SEALIFT_ASSIGN(auto entry, spec.required_object("hashedRekordV002"));
  SEALIFT_ASSIGN(auto data, entry.required_object("data"));
  SEALIFT_ASSIGN(body.digest, read_protobuf_hash(std::move(data)));
  SEALIFT_ASSIGN(auto signature, entry.required_object("signature"));
  SEALIFT_TRY(entry.finish());
  SEALIFT_TRY(read_protobuf_signature(std::move(signature), body));
  const KeyDetails* details = find_key_details(body.key_details);
  if (details == nullptr || details->hash != body.digest.algorithm) {
    return fail(entry.error_at(
        "signature.verifier.keyDetails",
        printable(body.key_details, 80) + " does not sign hashes of the algorithm in data"));
  }
  return {};
}

Result<> read_dsse_002(ObjectReader& spec, LogEntryBody& body) {
  SEALIFT_ASSIGN(auto entry, spec.required_object("dsseV002"));
  SEALIFT_ASSIGN(auto hash, entry.required_object("payloadHash"));
  SEALIFT_ASSIGN(body.digest, read_protobuf_hash(std::move(hash)));
  SEALIFT_ASSIGN(auto signature, single_signature(entry));
  SEALIFT_TRY(entry.finish());
  return read_protobuf_signature(std::move(signature), body);
}

Result<> read_spec(ObjectReader spec, LogEntryBody& body) {
  Result<> done;
  switch (body.kind) {
    case LogEntryKind::kHashedRekord001:
      done = read_hashed_rekord_001(spec, body);
      break;
    case LogEntryKind::kDsse001:
      done = read_dsse_001(spec, body);
      break;
    case LogEntryKind::kIntoto002:
      done = read_intoto_002(spec, body);
      break;
    case LogEntryKind::kHashedRekord002:
      done = read_hashed_rekord_002(spec, body);
      break;
    case LogEntryKind::kDsse002:
      done = read_dsse_002(spec, body);
      break;
  }
  SEALIFT_TRY(std::move(done));
  return spec.finish();
}

struct Opened {
  std::string kind;
  std::string version;
  ObjectReader spec;
};

Result<Opened> open_body(const Json& json, const std::string& what) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  SEALIFT_ASSIGN(auto kind, reader.required_string("kind"));
  SEALIFT_ASSIGN(auto version, reader.required_string("apiVersion"));
  SEALIFT_ASSIGN(auto spec, reader.required_object("spec"));
  SEALIFT_TRY(reader.finish());
  return Opened{std::move(kind), std::move(version), std::move(spec)};
}

}  // namespace

std::string_view kind_of(LogEntryKind kind) { return entry_of(kind).name; }
std::string_view version_of(LogEntryKind kind) { return entry_of(kind).version; }
LogGeneration generation_of(LogEntryKind kind) { return entry_of(kind).generation; }

Verdict<LogEntryBody> parse_log_entry_body(std::string_view body, const std::string& what) {
  SEALIFT_ASSIGN(const auto json,
                 or_refuse(parse_json(body, what, signature_json_limits(body.size())),
                           RefusalKind::kMalformed));
  SEALIFT_ASSIGN(auto opened, or_refuse(open_body(json, what), RefusalKind::kMalformed));
  const auto* const known = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& each) {
    return each.name == opened.kind && each.version == opened.version;
  });
  if (known == kKinds.end()) {
    return refuse(RefusalKind::kUnsupported,
                  what + ": the log entry is of the kind " + printable(opened.kind, 40) + " " +
                      printable(opened.version, 40) + ", which is not verified here");
  }
  LogEntryBody result;
  result.kind = known->kind;
  SEALIFT_TRY(or_refuse(read_spec(std::move(opened.spec), result), RefusalKind::kMalformed));
  return result;
}

}  // namespace sealift::sigstore
