#include "support/log_bodies.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

namespace sealift::test {
namespace {

std::string body_of(const char* kind, const char* version, Json spec) {
  return dump_json_sorted(
      Json::Object{{"kind", kind}, {"apiVersion", version}, {"spec", std::move(spec)}});
}

Json hex_hash(const std::string& digest) {
  return Json::Object{{"algorithm", "sha256"}, {"value", hex_encode(digest)}};
}

Json hex_hash_of(const std::string& bytes) { return hex_hash(Digest::of(bytes).raw()); }

Json protobuf_signature(const LoggedSigner& signer, const std::string& signature) {
  const Json raw = Json::Object{{"rawBytes", base64_encode(signer.der)}};
  const Json verifier =
      Json::Object{{"keyDetails", signer.key_details},
                   {signer.is_certificate ? "x509Certificate" : "publicKey", raw}};
  return Json::Object{{"content", base64_encode(signature)}, {"verifier", verifier}};
}

}  // namespace

std::string LoggedSigner::pem() const {
  const std::string label = is_certificate ? "CERTIFICATE" : "PUBLIC KEY";
  std::string text = "-----BEGIN " + label + "-----\n";
  const std::string base64 = base64_encode(der);
  for (std::size_t i = 0; i < base64.size(); i += 64) text += base64.substr(i, 64) + "\n";
  return text + "-----END " + label + "-----\n";
}

std::string hashed_rekord_001(const LoggedSigner& signer, const std::string& signature,
                              const std::string& sha256) {
  const Json key = Json::Object{{"content", base64_encode(signer.pem())}};
  return body_of("hashedrekord", "0.0.1",
                 Json::Object{{"data", Json::Object{{"hash", hex_hash(sha256)}}},
                              {"signature", Json::Object{{"content", base64_encode(signature)},
                                                         {"publicKey", key}}}});
}

std::string dsse_001(const LoggedSigner& signer, const std::string& signature,
                     const std::string& payload, const std::string& envelope_json) {
  const Json logged = Json::Object{{"signature", base64_encode(signature)},
                                   {"verifier", base64_encode(signer.pem())}};
  return body_of("dsse", "0.0.1",
                 Json::Object{{"envelopeHash", hex_hash_of(envelope_json)},
                              {"payloadHash", hex_hash_of(payload)},
                              {"signatures", Json::Array{logged}}});
}

std::string intoto_002(const LoggedSigner& signer, const std::string& signature,
                       const std::string& payload, const std::string& envelope_json) {
  const Json logged = Json::Object{{"sig", base64_encode(base64_encode(signature))},
                                   {"publicKey", base64_encode(signer.pem())}};
  const Json envelope = Json::Object{{"payloadType", "application/vnd.in-toto+json"},
                                     {"signatures", Json::Array{logged}}};
  const Json content = Json::Object{{"envelope", envelope},
                                    {"hash", hex_hash_of(envelope_json)},
                                    {"payloadHash", hex_hash_of(payload)}};
  return body_of("intoto", "0.0.2", Json::Object{{"content", content}});
}

std::string hashed_rekord_002(const LoggedSigner& signer, const std::string& signature,
                              const std::string& digest, const std::string& algorithm) {
  const Json data = Json::Object{{"algorithm", algorithm}, {"digest", base64_encode(digest)}};
  const Json entry =
      Json::Object{{"data", data}, {"signature", protobuf_signature(signer, signature)}};
  return body_of("hashedrekord", "0.0.2", Json::Object{{"hashedRekordV002", entry}});
}

std::string dsse_002(const LoggedSigner& signer, const std::string& signature,
                     const std::string& payload) {
  const Json hash =
      Json::Object{{"algorithm", "SHA2_256"}, {"digest", base64_encode(Digest::of(payload).raw())}};
  const Json entry = Json::Object{
      {"payloadHash", hash}, {"signatures", Json::Array{protobuf_signature(signer, signature)}}};
  return body_of("dsse", "0.0.2", Json::Object{{"dsseV002", entry}});
}

}  // namespace sealift::test
