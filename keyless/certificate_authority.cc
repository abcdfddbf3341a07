#include "certificate_authority.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/signature_scheme.h>

#include <utility>

#include "private_address.h"
#include "service_request.h"

namespace sealift::keyless {
namespace {

std::string_view algorithm_name(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcdsaP256:
    case crypto::KeyType::kEcdsaP384:
    case crypto::KeyType::kEcdsaP521:
      return "ECDSA";
    case crypto::KeyType::kRsa2048:
    case crypto::KeyType::kRsa3072:
    case crypto::KeyType::kRsa4096:
      return "RSA_PSS";
    case crypto::KeyType::kEd25519:
      return "ED25519";
  }
  return "PUBLIC_KEY_ALGORITHM_UNSPECIFIED";
}

// The first certificate of the chain, wherever the promise of transparency is.
std::string leaf_in(const Json& answer) {
  for (const auto* kind : {"signedCertificateEmbeddedSct", "signedCertificateDetachedSct"}) {
    const Json* chain = answer.find_path({kind, "chain", "certificates"});
    if (chain == nullptr || chain->as_array() == nullptr || chain->as_array()->empty()) continue;
    const std::string* leaf = chain->as_array()->front().as_string();
    if (leaf != nullptr) return *leaf;
  }
  return {};
}

}  // namespace

Result<crypto::Certificate> request_certificate(const std::string& url, const IdentityToken& token,
                                                const crypto::PrivateKey& key,
                                                const Environment& environment,
                                                std::stop_token stop) {
  SEALIFT_TRY(check_private_address("the certificate authority", url));
  const std::string what = "the certificate authority " + url_for_message(url);
  SEALIFT_ASSIGN(const auto proof,
                 crypto::sign(key, crypto::own_scheme(key.type()), token.subject));
  const Json::Object public_key{{"algorithm", algorithm_name(key.type())},
                                {"content", key.public_key().to_pem()}};
  HttpRequest request = post_json(
      below(url, "/api/v2/signingCert"),
      Json::Object{
          {"publicKeyRequest",
           Json::Object{{"publicKey", public_key}, {"proofOfPossession", base64_encode(proof)}}}});
  request.headers.set("Authorization", "Bearer " + token.text);
  SEALIFT_ASSIGN(const auto answer,
                 ask_service(std::move(request), what, {200, 201}, environment, std::move(stop)));
  SEALIFT_ASSIGN(const auto json, parse_answer(answer, what));
  SEALIFT_ASSIGN(auto certificate,
                 crypto::Certificate::from_pem(leaf_in(json), "the certificate from " + what));
  if (certificate.subject_public_key_info() != key.public_key().der()) {
    return fail(ErrorCode::kUntrusted, what + " gave a certificate for another key than ours");
  }
  return certificate;
}

}  // namespace sealift::keyless
