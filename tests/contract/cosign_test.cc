// What we believe of cosign, held against the real one: keys, both forms of a signature, both ways.
#include "cosign_fixture.h"

#include <sealift/base/encoding.h>
#include <sealift/base/random.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/simple_signing.h>

namespace sealift::signing {
namespace {

using testing::HasSubstr;

constexpr crypto::KeyType kAllTypes[] = {crypto::KeyType::kEcdsaP256, crypto::KeyType::kEcdsaP384,
                                         crypto::KeyType::kEcdsaP521, crypto::KeyType::kRsa2048,
                                         crypto::KeyType::kRsa3072,   crypto::KeyType::kRsa4096,
                                         crypto::KeyType::kEd25519};
constexpr SignatureStorage kBoth[] = {SignatureStorage::kBundle, SignatureStorage::kTag};

std::string name_of(crypto::KeyType type) { return std::string(to_string(type)); }

// Registries differ in how a referrer is found: by the API, or by a tag that the client keeps.
class EachRegistry : public CosignTest, public testing::WithParamInterface<const char*> {
 protected:
  EachRegistry() : CosignTest(GetParam()) {}
};

INSTANTIATE_TEST_SUITE_P(Registries, EachRegistry,
                         testing::Values("distribution", "docker-registry", "crane"),
                         [](const auto& registry) {
                           std::string name = registry.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(EachRegistry, CarriesSignaturesBothWays) {
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  const std::string signer = key_file(key);
  for (const auto storage : kBoth) {
    const std::string form = storage == SignatureStorage::kBundle ? "bundle" : "tag";
    const auto ours = push_artifact("ours-" + form);
    ASSERT_OK(sign(ours, key, storage));
    const auto verified = cosign_verify(ours, key.public_key(), storage);
    EXPECT_EQ(verified.exit_code, 0) << form << verified.err;

    const auto theirs = push_artifact("theirs-" + form);
    const auto signed_by_cosign = cosign_sign(theirs, signer, storage);
    ASSERT_EQ(signed_by_cosign.exit_code, 0) << form << signed_by_cosign.err;
    const auto outcome = verify_with(theirs, key.public_key());
    EXPECT_TRUE(is_accepted(outcome)) << form << explain(outcome);
  }
}

TEST_F(CosignTest, VerifiesWhatWeSignedWithEachType) {
  for (const auto type : kAllTypes) {
    ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
    const auto artifact = push_artifact(name_of(type));
    for (const auto storage : kBoth) {
      ASSERT_OK(sign(artifact, key, storage));
      const auto result = cosign_verify(artifact, key.public_key(), storage);
      EXPECT_EQ(result.exit_code, 0) << to_string(type) << result.err;
    }
  }
}

TEST_F(CosignTest, SignsWithEachTypeWhatWeVerify) {
  for (const auto type : kAllTypes) {
    ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
    files().write("plain.pem", key.to_plain_pem());
    const auto imported = cosign(
        {"import-key-pair", "--yes", "--key", "plain.pem", "--output-key-prefix", name_of(type)});
    ASSERT_EQ(imported.exit_code, 0) << to_string(type) << imported.err;
    for (const auto storage : kBoth) {
      const auto artifact = push_artifact(
          name_of(type) + (storage == SignatureStorage::kBundle ? "-bundle" : "-tag"));
      const auto result = cosign_sign(artifact, name_of(type) + ".key", storage);
      ASSERT_EQ(result.exit_code, 0) << to_string(type) << result.err;
      const auto outcome = verify_with(artifact, key.public_key());
      EXPECT_TRUE(is_accepted(outcome)) << to_string(type) << explain(outcome);
    }
  }
}

TEST_F(CosignTest, OpensTheKeysThatWeEncrypt) {
  for (const auto type : kAllTypes) {
    ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
    ASSERT_OK_ASSIGN(const auto pem, key.to_encrypted_pem("our secret", system_random()));
    files().write("ours.key", pem);
    const auto result = cosign({"public-key", "--key", "ours.key"}, "our secret");
    ASSERT_EQ(result.exit_code, 0) << to_string(type) << result.err;
    EXPECT_EQ(result.out, key.public_key().to_pem()) << to_string(type);
  }
}

TEST_F(CosignTest, MakesKeysThatWeOpen) {
  ASSERT_EQ(cosign({"generate-key-pair"}, "their secret").exit_code, 0);
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::from_pem(files().read("cosign.key"),
                                                                "their secret", "cosign.key"));
  EXPECT_EQ(key.public_key().to_pem(), files().read("cosign.pub"));
}

TEST_F(CosignTest, ASignatureCopiedToAnotherArtifactIsRefused) {
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  const auto first = push_artifact("a");
  const auto second = push_artifact("b");
  const std::string signer = key_file(key);
  ASSERT_EQ(cosign_sign(first, signer, SignatureStorage::kTag).exit_code, 0);
  ASSERT_EQ(cosign_sign(first, signer, SignatureStorage::kBundle).exit_code, 0);
  ASSERT_OK_ASSIGN(const auto set, fetch_signatures(repository(), first.descriptor.digest,
                                                    WantedPieces::kSignatures, {}));
  ASSERT_EQ(set.pieces.size(), 2u);

  for (const auto& piece : set.pieces) {
    ASSERT_OK_ASSIGN(const auto holder,
                     repository().fetch_manifest(piece.holder.value().digest.to_string(), {}));
    ASSERT_OK_ASSIGN(auto manifest, oci::parse_manifest(holder.bytes, ""));
    std::string tag;
    if (manifest.subject) {
      manifest.subject = second.descriptor;
    } else {
      tag = "sha256-" + second.descriptor.digest.hex() + ".sig";
    }
    ASSERT_OK(repository().push_manifest(oci::serialize(manifest), manifest.media_type, tag, {}));
  }
  const auto outcome = verify_with(second, key.public_key());
  ASSERT_FALSE(is_accepted(outcome));
  const auto& refused = std::get<Refused>(outcome).evidence.refused;
  ASSERT_EQ(refused.size(), 2u);
  for (const auto& piece : refused) {
    EXPECT_EQ(piece.refusal, Refusal::kWrongSubject) << piece.reason;
    EXPECT_THAT(piece.reason, HasSubstr(first.descriptor.digest.to_string()));
  }
}

TEST_F(CosignTest, AnAttestationIsNoSignature) {
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  const std::string signer = key_file(key);
  files().write("predicate.json", R"({"tested":true})");
  const auto attest = [&](const oci::StoredManifest& artifact, SignatureStorage storage) {
    return cosign({"attest", "--yes", "--key", signer, "--use-signing-config=false",
                   "--tlog-upload=false", "--allow-http-registry", "--type",
                   "https://example.com/tested", "--predicate", "predicate.json",
                   format_flag(storage), at(artifact)});
  };
  const auto bundled = push_artifact("attested");
  const auto result = attest(bundled, SignatureStorage::kBundle);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto outcome = verify_with(bundled, key.public_key());
  ASSERT_FALSE(is_accepted(outcome));
  const auto& evidence = std::get<Refused>(outcome).evidence;
  ASSERT_EQ(evidence.refused.size(), 1u);
  EXPECT_EQ(evidence.refused[0].refusal, Refusal::kNotASignature) << evidence.refused[0].reason;
  EXPECT_THAT(evidence.refused[0].reason, HasSubstr("https://example.com/tested"));

  // The classic one lies under another tag.
  const auto tagged = push_artifact("attested-classic");
  ASSERT_EQ(attest(tagged, SignatureStorage::kTag).exit_code, 0);
  EXPECT_THAT(explain(verify_with(tagged, key.public_key())), HasSubstr("no signature was found"));
}

TEST_F(CosignTest, ASignedFileIsNoSignatureOfAManifest) {
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  const auto artifact = push_artifact("file");
  const std::string signer = key_file(key);
  files().write("manifest.json", artifact.bytes);
  const auto result = cosign({"sign-blob", "--yes", "--key", signer, "--use-signing-config=false",
                              "--tlog-upload=false", "--bundle", "file.json", "manifest.json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string bundle = files().read("file.json");
  const oci::Descriptor layer{
      std::string(sigstore::kBundleMediaType), Digest::of(bundle), bundle.size(), "", {}};
  ASSERT_OK(repository().push_blob(layer, Blob::from_string(bundle), {}));
  const oci::Manifest manifest{std::string(oci::media_type::kManifest),
                               std::string(sigstore::kBundleMediaType),
                               oci::empty_descriptor(),
                               {layer},
                               artifact.descriptor,
                               {}};
  ASSERT_OK(repository().push_manifest(oci::serialize(manifest), manifest.media_type, "", {}));
  const auto outcome = verify_with(artifact, key.public_key());
  ASSERT_FALSE(is_accepted(outcome));
  EXPECT_EQ(std::get<Refused>(outcome).evidence.refused.at(0).refusal, Refusal::kWrongPayloadType);
}

TEST_F(CosignTest, APayloadOfAnotherTypeIsRefused) {
  ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  const auto artifact = push_artifact("type");
  std::string payload = sigstore::serialize_simple_signing(name(), artifact.descriptor.digest);
  payload.replace(payload.find(sigstore::kSimpleSigningType), sigstore::kSimpleSigningType.size(),
                  "atomic container signature");
  const oci::Descriptor layer{
      std::string(sigstore::kSimpleSigningMediaType),
      Digest::of(payload),
      payload.size(),
      "",
      {{"dev.cosignproject.cosign/signature", base64_encode(key.sign(payload).value())}}};
  ASSERT_OK(repository().push_blob(layer, Blob::from_string(payload), {}));
  const oci::Manifest manifest{
      std::string(oci::media_type::kManifest), "", oci::empty_descriptor(), {layer}, {}, {}};
  ASSERT_OK(repository().push_manifest(oci::serialize(manifest), manifest.media_type,
                                       "sha256-" + artifact.descriptor.digest.hex() + ".sig", {}));
  const auto outcome = verify_with(artifact, key.public_key());
  ASSERT_FALSE(is_accepted(outcome));
  EXPECT_EQ(std::get<Refused>(outcome).evidence.refused.at(0).refusal, Refusal::kWrongPayloadType);
}

TEST_F(CosignTest, AddsItsSignatureToOurs) {
  ASSERT_OK_ASSIGN(const auto ours, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  ASSERT_OK_ASSIGN(const auto theirs, crypto::PrivateKey::generate(crypto::KeyType::kEd25519));
  const std::string signer = key_file(theirs);
  for (const auto storage : kBoth) {
    const auto artifact =
        push_artifact(storage == SignatureStorage::kBundle ? "both-bundle" : "both-tag");
    ASSERT_OK(sign(artifact, ours, storage));
    const auto result = cosign_sign(artifact, signer, storage);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    TrustPolicy policy = policy_for_key(ours.public_key(), "ours");
    policy.keys.push_back({"theirs", theirs.public_key()});
    policy.require =
        Requirement{SignatureRequirement{{.threshold = 2, .signers = {"ours", "theirs"}}}};
    ASSERT_OK_ASSIGN(const auto set, fetch_signatures(repository(), artifact.descriptor.digest,
                                                      WantedPieces::kSignatures, {}));
    const std::string repository_name = name();
    const auto outcome =
        verify({repository_name, artifact, set, policy, system_clock().now(), nullptr});
    EXPECT_TRUE(is_accepted(outcome)) << explain(outcome);
    EXPECT_EQ(cosign_verify(artifact, ours.public_key(), storage).exit_code, 0);
  }
}

}  // namespace
}  // namespace sealift::signing
