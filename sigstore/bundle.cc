#include <sealift/base/json_reader.h>
#include <sealift/sigstore/bundle.h>

#include <array>
#include <utility>

#include "hash_names.h"
#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

using Form = SignedEvidence::Form;

constexpr std::array<std::pair<std::string_view, Form>, 4> kMediaTypes{{
    {"application/vnd.dev.sigstore.bundle+json;version=0.1", Form::kBundle01},
    {"application/vnd.dev.sigstore.bundle+json;version=0.2", Form::kBundle02},
    {"application/vnd.dev.sigstore.bundle+json;version=0.3", Form::kBundle03},
    {kBundleMediaType, Form::kBundle03},
}};

Verdict<Form> read_version(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto media_type,
                 or_refuse(reader.required_string("mediaType"), RefusalKind::kMalformed));
  for (const auto& [name, form] : kMediaTypes) {
    if (name == media_type) return form;
  }
  return refuse(
      RefusalKind::kUnsupported,
      reader.error_at("mediaType", "is not a bundle of version 0.1, 0.2 or 0.3").message());
}

Result<crypto::Certificate> read_certificate(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto der, required_bytes(reader, "rawBytes"));
  SEALIFT_TRY(reader.finish());
  return crypto::Certificate::from_der(der, reader.path_of("rawBytes"));
}

Result<std::vector<crypto::Certificate>> read_chain(ObjectReader reader) {
  SEALIFT_ASSIGN(auto elements, reader.objects("certificates"));
  SEALIFT_TRY(reader.finish());
  if (elements.empty() || elements.size() > kMaxEvidenceCertificates) {
    return fail(reader.error_at("certificates",
                                "must hold 1 to " + std::to_string(kMaxEvidenceCertificates) +
                                    " certificates, not " + std::to_string(elements.size())));
  }
  std::vector<crypto::Certificate> chain;
  for (auto& element : elements) {
    SEALIFT_ASSIGN(auto certificate, read_certificate(std::move(element)));
    chain.push_back(std::move(certificate));
  }
  return chain;
}

// The one of publicKey, certificate and x509CertificateChain that is there.
Result<> read_signer(ObjectReader& reader, SignedEvidence& evidence) {
  SEALIFT_ASSIGN(auto key, reader.optional_object("publicKey"));
  SEALIFT_ASSIGN(auto certificate, reader.optional_object("certificate"));
  SEALIFT_ASSIGN(auto chain, reader.optional_object("x509CertificateChain"));
  if (key.has_value() + certificate.has_value() + chain.has_value() != 1) {
    return fail(reader.error_at(
        "publicKey", "exactly one of publicKey, certificate and x509CertificateChain must be set"));
  }
  const bool is_03 = evidence.form == Form::kBundle03;
  if (chain && is_03) {
    return fail(reader.error_at("x509CertificateChain", "is not allowed from version 0.3 on"));
  }
  if (certificate && !is_03) {
    return fail(reader.error_at("certificate", "is not allowed before version 0.3"));
  }
  if (key) {
    SEALIFT_ASSIGN(evidence.key_hint, key->string_or("hint", ""));
    return key->finish();
  }
  if (chain) {
    SEALIFT_ASSIGN(evidence.certificates, read_chain(*std::move(chain)));
    return {};
  }
  SEALIFT_ASSIGN(auto single, read_certificate(*std::move(certificate)));
  evidence.certificates.push_back(std::move(single));
  return {};
}

Result<std::vector<LogEntry>> read_log_entries(ObjectReader& reader) {
  std::vector<LogEntry> entries;
  const Json* list = reader.any("tlogEntries");
  if (list == nullptr) return entries;
  const Json::Array* elements = list->as_array();
  if (elements == nullptr) return fail(reader.error_at("tlogEntries", "must be an array"));
  if (elements->size() > kMaxLogEntries) {
    return fail(reader.error_at("tlogEntries",
                                "holds more than " + std::to_string(kMaxLogEntries) + " entries"));
  }
  for (const Json& element : *elements) {
    SEALIFT_ASSIGN(auto entry,
                   log_entry_from_json(element, reader.path_of("tlogEntries") + "[" +
                                                    std::to_string(entries.size()) + "]"));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::vector<std::string>> read_timestamps(ObjectReader& reader) {
  std::vector<std::string> timestamps;
  SEALIFT_ASSIGN(auto data, reader.optional_object("timestampVerificationData"));
  if (!data) return timestamps;
  SEALIFT_ASSIGN(auto elements, data->objects("rfc3161Timestamps"));
  SEALIFT_TRY(data->finish());
  if (elements.size() > kMaxTimestamps) {
    return fail(data->error_at(
        "rfc3161Timestamps", "holds more than " + std::to_string(kMaxTimestamps) + " time stamps"));
  }
  for (auto& element : elements) {
    SEALIFT_ASSIGN(auto timestamp, required_bytes(element, "signedTimestamp"));
    SEALIFT_TRY(element.finish());
    timestamps.push_back(std::move(timestamp));
  }
  return timestamps;
}

Result<> read_material(ObjectReader reader, SignedEvidence& evidence) {
  SEALIFT_TRY(read_signer(reader, evidence));
  SEALIFT_ASSIGN(evidence.log_entries, read_log_entries(reader));
  SEALIFT_ASSIGN(evidence.timestamps, read_timestamps(reader));
  return reader.finish();
}

Result<std::optional<HashOutput>> read_digest(const Json& json, const std::string& path) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, path));
  if (json.as_object()->empty()) return std::nullopt;
  SEALIFT_ASSIGN(const auto name, reader.required_string("algorithm"));
  SEALIFT_ASSIGN(auto bytes, required_bytes(reader, "digest"));
  SEALIFT_TRY(reader.finish());
  for (const auto& [known, algorithm] : kHashNames) {
    if (known != name) continue;
    if (bytes.size() != crypto::hash_size(algorithm)) {
      return fail(reader.error_at("digest", "has not the length of " + name));
    }
    return std::optional(HashOutput{algorithm, std::move(bytes)});
  }
  return fail(reader.error_at("algorithm", "is not SHA2_256, SHA2_384 or SHA2_512"));
}

Result<MessageSignature> read_message(ObjectReader reader) {
  MessageSignature message;
  const Json* digest = reader.any("messageDigest");
  if (digest == nullptr) return fail(reader.error_at("messageDigest", "is required"));
  SEALIFT_ASSIGN(message.digest, read_digest(*digest, reader.path_of("messageDigest")));
  SEALIFT_ASSIGN(message.signature, required_bytes(reader, "signature"));
  SEALIFT_TRY(reader.finish());
  return message;
}

Result<> read_content(ObjectReader& reader, SignedEvidence& evidence) {
  const Json* envelope = reader.any("dsseEnvelope");
  SEALIFT_ASSIGN(auto message, reader.optional_object("messageSignature"));
  if ((envelope != nullptr) == message.has_value()) {
    return fail(reader.error_at("dsseEnvelope",
                                "exactly one of dsseEnvelope and messageSignature must be set"));
  }
  if (message) {
    SEALIFT_ASSIGN(evidence.content, read_message(*std::move(message)));
    return {};
  }
  SEALIFT_ASSIGN(evidence.content, dsse_from_json(*envelope, reader.path_of("dsseEnvelope")));
  return {};
}

// All but the version.
Result<> read_members(ObjectReader& reader, SignedEvidence& evidence) {
  SEALIFT_ASSIGN(auto material, reader.required_object("verificationMaterial"));
  SEALIFT_TRY(read_material(std::move(material), evidence));
  SEALIFT_TRY(read_content(reader, evidence));
  return reader.finish();
}

}  // namespace

Verdict<SignedEvidence> parse_bundle(std::string_view bytes, const std::string& what) {
  constexpr auto kMalformed = RefusalKind::kMalformed;
  SEALIFT_ASSIGN(
      const auto json,
      or_refuse(parse_json(bytes, what, signature_json_limits(bytes.size())), kMalformed));
  SEALIFT_ASSIGN(auto reader, or_refuse(ObjectReader::open(json, what), kMalformed));
  SignedEvidence evidence;
  SEALIFT_ASSIGN(evidence.form, read_version(reader));
  SEALIFT_TRY(or_refuse(read_members(reader, evidence), kMalformed));
  SEALIFT_TRY(check_distinct(evidence.log_entries));
  return evidence;
}

std::string serialize_bundle(std::string_view hint, const DsseEnvelope& envelope) {
  const Json::Object material{{"publicKey", Json::Object{{"hint", hint}}}};
  return dump_json(Json::Object{{"mediaType", kBundleMediaType},
                                {"verificationMaterial", material},
                                {"dsseEnvelope", to_json(envelope)}});
}

}  // namespace sealift::sigstore
