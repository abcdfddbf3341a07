#pragma once

#include <sealift/base/encoding.h>
#include <sealift/crypto/keys.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/signing/verifier.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>

#include <string>
#include <utility>

namespace sealift::signing::test {

inline constexpr std::string_view kRepository = "registry.example.com/shop/web";

// Two keys for the whole program: making them is what costs time.
inline const crypto::PrivateKey& first_key() {
  static const crypto::PrivateKey key =
      crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256).value();
  return key;
}
inline const crypto::PrivateKey& second_key() {
  static const crypto::PrivateKey key =
      crypto::PrivateKey::generate(crypto::KeyType::kEd25519).value();
  return key;
}

inline oci::StoredManifest make_artifact(oci::Annotations annotations = {}) {
  const oci::Manifest manifest{std::string(oci::media_type::kManifest),
                               "",
                               oci::empty_descriptor(),
                               {oci::empty_descriptor()},
                               {},
                               std::move(annotations)};
  std::string bytes = oci::serialize(manifest);
  const Digest digest = Digest::of(bytes);
  const std::uint64_t size = bytes.size();
  return {{manifest.media_type, digest, size, "", {}}, std::move(bytes)};
}

inline FoundSignature bundle_of(const crypto::PrivateKey& key, std::string payload_type,
                                std::string payload) {
  const std::string signature =
      key.sign(sigstore::pre_authentication_encoding(payload_type, payload)).value();
  return {FoundSignature::Format::kBundle, "referrer sha256:test",
          sigstore::serialize_bundle(key.public_key().hint(),
                                     {std::move(payload_type), std::move(payload), signature})};
}

inline FoundSignature bundle_for(const crypto::PrivateKey& key, const Digest& digest) {
  return bundle_of(key, std::string(sigstore::kInTotoPayloadType),
                   sigstore::signature_statement(digest));
}

inline FoundSignature simple_of(const crypto::PrivateKey& key, std::string payload) {
  const std::string signature = base64_encode(key.sign(payload).value());
  return {FoundSignature::Format::kSimpleSigning,
          "tag sha256-test.sig, layer 0",
          std::move(payload),
          {{std::string(sigstore::kClassicSignature), signature}}};
}

inline FoundSignature simple_for(const crypto::PrivateKey& key, const Digest& digest) {
  return simple_of(key, sigstore::serialize_simple_signing(kRepository, digest));
}

inline TrustPolicy make_policy(std::uint32_t threshold = 1) {
  TrustPolicy policy;
  policy.name = "shop";
  policy.repositories = {"registry.example.com/shop/*"};
  policy.require =
      Requirement{SignatureRequirement{{.threshold = threshold, .signers = {"first", "second"}}}};
  policy.keys = {{"first", first_key().public_key()}, {"second", second_key().public_key()}};
  return policy;
}

}  // namespace sealift::signing::test
