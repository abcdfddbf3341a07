#include "support/test_sigstore.h"

#include "support/log_bodies.h"
#include "support/timestamp_builder.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <algorithm>

namespace sealift::test {
namespace {

constexpr const char* kPayloadType = "application/vnd.in-toto+json";
constexpr const char* kAuthorityUri = "https://fulcio.example.com";
constexpr const char* kStampsUri = "https://tsa.example.com";
constexpr const char* kCosignType = "cosign container image signature";

IssuedCertificate make_root(const std::string& name) { return self_signed(authority_draft(name)); }

IssuedCertificate make_intermediate(const IssuedCertificate& root) {
  CertificateDraft draft = authority_draft("intermediate");
  draft.extensions.emplace_back("extendedKeyUsage", "codeSigning");
  return issue(root, draft);
}

std::string utf8_string(const std::string& text) {
  std::string der = "\x0c";
  if (text.size() >= 0x80) der += '\x81';
  return der + static_cast<char>(text.size()) + text;
}

std::string pae(const std::string& payload) {
  const std::string type = kPayloadType;
  return "DSSEv1 " + std::to_string(type.size()) + " " + type + " " +
         std::to_string(payload.size()) + " " + payload;
}

std::string statement(const KeylessDraft& draft) {
  const Json::Object digest{{"sha256", Digest::of(draft.artifact).hex()}};
  const Json::Object subject{{"name", "shop"}, {"digest", digest}};
  return dump_json(Json::Object{{"_type", "https://in-toto.io/Statement/v1"},
                                {"subject", Json::Array{subject}},
                                {"predicateType", draft.predicate_type},
                                {"predicate", draft.predicate}});
}

std::string simple_signing(const KeylessDraft& draft) {
  const std::string digest = Digest::of(draft.artifact).to_string();
  const Json::Object critical{
      {"identity", Json::Object{{"docker-reference", "registry.example.com/shop"}}},
      {"image", Json::Object{{"docker-manifest-digest", digest}}},
      {"type", kCosignType}};
  return dump_json(Json::Object{{"critical", critical}, {"optional", nullptr}});
}

Json envelope_json(const std::string& payload, const std::string& signature) {
  const Json::Object sig{{"sig", base64_encode(signature)}};
  return Json::Object{{"payload", base64_encode(payload)},
                      {"payloadType", kPayloadType},
                      {"signatures", Json::Array{sig}}};
}

Json raw(const std::string& bytes) { return Json::Object{{"rawBytes", base64_encode(bytes)}}; }

std::string pem(const std::string& der) { return LoggedSigner{der, true}.pem(); }

Json authority_json(const char* uri, const std::vector<const IssuedCertificate*>& chain) {
  Json::Array certificates;
  for (const auto* certificate : chain) certificates.push_back(raw(certificate->der));
  return Json::Object{
      {"subject", Json::Object{{"organization", "example.com"}, {"commonName", "example"}}},
      {"uri", uri},
      {"certChain", Json::Object{{"certificates", certificates}}},
      {"validFor", Json::Object{{"start", "2026-01-01T00:00:00Z"}}}};
}

// YYYYMMDDHHMMSSZ
std::string generalized(Timestamp time) {
  std::string text = format_timestamp(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return text;
}

}  // namespace

// A signature and who made it.
struct TestSigstore::Signed {
  LoggedSigner signer;
  std::string signature;
};

TestSigstore::TestSigstore(TestLog::Make make)
    : make_(make),
      authority_(make_root("authority")),
      intermediate_(make_intermediate(authority_)),
      stamp_authority_(make_root("stamp authority")),
      stamps_(issue(stamp_authority_, timestamp_authority_draft())),
      log_(make) {
  for (int i = 0; i < 5; ++i) log_.add("{\"before\":" + std::to_string(i) + "}");
}

Json TestSigstore::trusted_root() const {
  Json root = trusted_root_of({&log_});
  root.set("certificateAuthorities",
           Json::Array{authority_json(kAuthorityUri, {&intermediate_, &authority_})});
  root.set("ctlogs", Json::Array{certificate_log_.trusted_root_entry()});
  root.set("timestampAuthorities",
           Json::Array{authority_json(kStampsUri, {&stamps_, &stamp_authority_})});
  return root;
}

IssuedCertificate TestSigstore::certify(const KeylessDraft& draft) const {
  CertificateDraft certificate;
  certificate.subject = "";
  certificate.not_before = draft.time - std::chrono::minutes(1);
  certificate.not_after = draft.time + std::chrono::minutes(9);
  certificate.extensions = {{"keyUsage", "critical,digitalSignature"},
                            {"extendedKeyUsage", draft.usage},
                            {"subjectAltName", "critical," + draft.identity}};
  const std::string oid = "1.3.6.1.4.1.57264.1.";
  certificate.raw_extensions = {{oid + "1", false, draft.issuer},
                                {oid + "8", false, utf8_string(draft.issuer)}};
  for (const auto& [number, text] : draft.claims) {
    certificate.raw_extensions.push_back({oid + std::to_string(number), false, utf8_string(text)});
  }
  if (!draft.in_certificate_log) return issue(intermediate_, certificate);
  return certificate_log_.issue_logged(intermediate_, certificate, draft.time);
}

TestSigstore::Signed TestSigstore::sign(const KeylessDraft& draft, const std::string& content,
                                        bool is_envelope) const {
  const std::string message = is_envelope ? pae(content) : content;
  if (draft.key) return {{draft.key->public_der(), false}, draft.key->sign(message)};
  const auto issued = certify(draft);
  return {{issued.der, true}, issued.key.sign(message)};
}

std::string TestSigstore::stamp(const KeylessDraft& draft, const std::string& stamped) const {
  return timestamp_response(timestamp_token(
      {.message = stamped, .time = generalized(draft.stamped.value_or(draft.time))}, stamps_));
}

std::size_t TestSigstore::log_it(const std::string& body) {
  const std::size_t place = log_.add(body);
  for (int i = 0; i < 3; ++i) log_.add("{\"after\":" + std::to_string(place) + "}");
  return place;
}

Json TestSigstore::bundle(const KeylessDraft& draft) {
  const bool is_envelope = !draft.predicate_type.empty();
  const std::string content = is_envelope ? statement(draft) : draft.artifact;
  const auto [signer, signature] = sign(draft, content, is_envelope);
  const bool is_tiles = make_ == TestLog::Make::kTiles;
  const std::string digest = Digest::of(is_envelope && is_tiles ? pae(content) : content).raw();
  const Json envelope = envelope_json(content, signature);
  const std::string body = is_tiles      ? hashed_rekord_002(signer, signature, digest)
                           : is_envelope ? dsse_001(signer, signature, content, dump_json(envelope))
                                         : hashed_rekord_001(signer, signature, digest);
  const std::size_t place = log_it(body);
  Json material;
  if (signer.is_certificate) {
    material.set("certificate", raw(signer.der));
  } else {
    material.set("publicKey", Json::Object{{"hint", base64_encode(Digest::of(signer.der).raw())}});
  }
  material.set("tlogEntries", Json::Array{log_.entry(place, draft.logged.value_or(draft.time))});
  if (draft.is_stamped) {
    const Json::Object stamped{{"signedTimestamp", base64_encode(stamp(draft, signature))}};
    material.set("timestampVerificationData",
                 Json::Object{{"rfc3161Timestamps", Json::Array{stamped}}});
  }
  Json bundle = Json::Object{{"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
                             {"verificationMaterial", material}};
  if (is_envelope) {
    bundle.set("dsseEnvelope", envelope);
  } else {
    const Json::Object named{{"algorithm", "SHA2_256"}, {"digest", base64_encode(digest)}};
    bundle.set("messageSignature",
               Json::Object{{"messageDigest", named}, {"signature", base64_encode(signature)}});
  }
  return bundle;
}

TestSigstore::Layer TestSigstore::classic_layer(const KeylessDraft& draft) {
  const bool is_envelope = !draft.predicate_type.empty();
  const std::string content = is_envelope ? statement(draft) : simple_signing(draft);
  const auto [signer, signature] = sign(draft, content, is_envelope);
  const std::string envelope = dump_json(envelope_json(content, signature));
  const std::size_t place =
      log_it(is_envelope ? intoto_002(signer, signature, content, envelope)
                         : hashed_rekord_001(signer, signature, Digest::of(content).raw()));
  Layer layer{is_envelope ? envelope : content, {}};
  if (!is_envelope) {
    layer.annotations.emplace_back("dev.cosignproject.cosign/signature", base64_encode(signature));
  }
  if (signer.is_certificate) {
    layer.annotations.emplace_back("dev.sigstore.cosign/certificate", pem(signer.der));
    layer.annotations.emplace_back("dev.sigstore.cosign/chain",
                                   pem(intermediate_.der) + pem(authority_.der));
  }
  layer.annotations.emplace_back(
      "dev.sigstore.cosign/bundle",
      dump_json(log_.classic_entry(place, draft.logged.value_or(draft.time))));
  if (draft.is_stamped) {
    const std::string stamped =
        stamp(draft, is_envelope && !draft.stamps_signature ? envelope : signature);
    layer.annotations.emplace_back(
        "dev.sigstore.cosign/rfc3161timestamp",
        dump_json(Json::Object{{"SignedRFC3161Timestamp", base64_encode(stamped)}}));
  }
  return layer;
}

}  // namespace sealift::test
