#include <sealift/base/encoding.h>

#include <utility>

#include "service_request.h"
#include "transparency_log.h"

namespace sealift::keyless {
namespace {

// protobuf's name of the key and how it signs (protobuf-specs, sigstore_common.proto).
std::string_view key_details(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcdsaP256:
      return "PKIX_ECDSA_P256_SHA_256";
    case crypto::KeyType::kEcdsaP384:
      return "PKIX_ECDSA_P384_SHA_384";
    case crypto::KeyType::kEcdsaP521:
      return "PKIX_ECDSA_P521_SHA_512";
    case crypto::KeyType::kRsa2048:
      return "PKIX_RSA_PKCS1V15_2048_SHA256";
    case crypto::KeyType::kRsa3072:
      return "PKIX_RSA_PKCS1V15_3072_SHA256";
    case crypto::KeyType::kRsa4096:
      return "PKIX_RSA_PKCS1V15_4096_SHA256";
    case crypto::KeyType::kEd25519:
      return "PKIX_ED25519";
  }
  return "PUBLIC_KEY_DETAILS_UNSPECIFIED";
}

// rekor-tiles, hashedrekord.proto, HashedRekordRequestV002.
Json entry_request(const LogSubmission& submission) {
  Json verifier;
  if (submission.certificate) {
    verifier.set("x509Certificate",
                 Json::Object{{"rawBytes", base64_encode(submission.certificate->der())}});
  } else {
    verifier.set("publicKey", Json::Object{{"rawBytes", base64_encode(submission.key.der())}});
  }
  verifier.set("keyDetails", key_details(submission.key.type()));
  const Json::Object signature{{"content", base64_encode(submission.signature)},
                               {"verifier", std::move(verifier)}};
  return Json::Object{
      {"hashedRekordRequestV002",
       Json::Object{{"signature", signature}, {"digest", base64_encode(submission.digest.bytes)}}}};
}

}  // namespace

Result<sigstore::LogEntry> submit_to_rekor2(const std::string& url, const LogSubmission& submission,
                                            const Environment& environment, std::stop_token stop) {
  const std::string what = "the transparency log " + url_for_message(url);
  SEALIFT_ASSIGN(const auto answer, ask_service(post_json(below(url, "/api/v2/log/entries"),
                                                          entry_request(submission)),
                                                what, {200, 201}, environment, std::move(stop)));
  SEALIFT_ASSIGN(const auto json, parse_answer(answer, what));
  SEALIFT_ASSIGN_CONTEXT(auto entry, sigstore::log_entry_from_json(json, "entry"),
                         "the answer of " + what);
  return entry;
}

}  // namespace sealift::keyless
