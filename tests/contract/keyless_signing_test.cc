// What we sign with real servers, keyless and by key, verified by real cosign.
#include "keyless_fixture.h"

#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>
#include <sealift/keyless/artifact_signing.h>
#include <sealift/keyless/blob_signing.h>
#include <sealift/keyless/token_source.h>
#include <sealift/sigstore/simple_signing.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using sealift::test::is_accepted;
using testing::SizeIs;

constexpr const char* kAlice = "alice@example.com";
constexpr const char* kContent = "what is signed";
constexpr int kRekors[] = {1, 2};

class KeylessSigningTest : public sigstore::KeylessTest {
 protected:
  const Environment& environment() const { return environment_; }

  static SigningServices services_of(int rekor, SignerKind signer) {
    const auto text =
        read_file(system_files(), services().signing_config_file(rekor), 1u << 20).value();
    const auto config = sigstore::parse_signing_config(text, "signing config").value();
    return choose_services(config, signer, system_clock().now()).value();
  }

  Result<SignedBlob> sign_as(const std::string& token, int rekor) {
    SEALIFT_ASSIGN(const auto parsed, parse_identity_token(token, "the token"));
    return sign_blob(kContent, parsed, services_of(rekor, SignerKind::kIdentity), root_,
                     environment_, {});
  }

  Result<SignedBlob> sign_by_key(const crypto::PrivateKey& key, int rekor) {
    return sign_blob(kContent, key, services_of(rekor, SignerKind::kKey), root_, environment_, {});
  }

  // What a bundle says of the bytes that are signed: hash and algorithm.
  static sigstore::HashOutput digest_in(const std::string& bundle) {
    const auto evidence = sigstore::parse_bundle(bundle, "bundle").value();
    return std::get<sigstore::MessageSignature>(evidence.content).digest.value();
  }

  // What cosign says of the bundle about `content`.
  sealift::test::ProcessResult cosign_verify(const std::string& bundle,
                                             std::vector<std::string> signer,
                                             const std::string& content = kContent) {
    files().write("blob", content);
    files().write("bundle.json", bundle);
    signer.insert(signer.begin(), {"verify-blob", "--bundle", "bundle.json", "--trusted-root",
                                   services().trusted_root_file()});
    signer.push_back("blob");
    return cosign(std::move(signer));
  }

  std::vector<std::string> alice() const {
    return {"--certificate-identity", kAlice, "--certificate-oidc-issuer",
            services().url("people")};
  }
  std::vector<std::string> by_key(const crypto::PrivateKey& key) const {
    return {"--key", files().write("verify.pub", key.public_key().to_pem())};
  }

  sigstore::TrustedRoot root_ = trusted_root();

 private:
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  Environment environment_{*transport_, system_clock(), system_random()};
};

TEST_F(KeylessSigningTest, CosignVerifiesAPersonsSignature) {
  for (const int rekor : kRekors) {
    SCOPED_TRACE(rekor);
    ASSERT_OK_ASSIGN(const auto made, sign_as(services().person_token(kAlice), rekor));
    EXPECT_THAT(made.verified.log_entries, SizeIs(1));
    EXPECT_THAT(made.verified.timestamps, SizeIs(1));
    EXPECT_EQ(made.verified.signer->identity.name.value, kAlice);
    const auto accepted = cosign_verify(made.bundle, alice());
    EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
    EXPECT_NE(cosign_verify(made.bundle, alice(), "something else").exit_code, 0);
    EXPECT_NE(cosign_verify(made.bundle, {"--certificate-identity", "bob@example.com",
                                          "--certificate-oidc-issuer", services().url("people")})
                  .exit_code,
              0);
  }
}

TEST_F(KeylessSigningTest, CosignVerifiesAJobsSignature) {
  ASSERT_OK_ASSIGN(const auto token,
                   find_identity_token({.request_url = services().job_token_url("acme/shop"),
                                        .request_token = "of the job"},
                                       services().url("jobs"), environment(), system_files(), {}));
  ASSERT_OK_ASSIGN(
      const auto made,
      sign_blob(kContent, token, services_of(2, SignerKind::kIdentity), root_, environment(), {}));
  const auto accepted =
      cosign_verify(made.bundle, {"--certificate-identity", services().workflow_of("acme/shop"),
                                  "--certificate-oidc-issuer", services().url("jobs"),
                                  "--certificate-github-workflow-repository", "acme/shop"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
}

TEST_F(KeylessSigningTest, CosignVerifiesLoggedSignaturesByKey) {
  for (const int rekor : kRekors) {
    for (const auto type : {crypto::KeyType::kEcdsaP256, crypto::KeyType::kRsa2048,
                            crypto::KeyType::kRsa3072, crypto::KeyType::kRsa4096}) {
      SCOPED_TRACE(std::string(to_string(type)) + " in Rekor " + std::to_string(rekor));
      ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
      ASSERT_OK_ASSIGN(const auto made, sign_by_key(key, rekor));
      EXPECT_THAT(made.verified.log_entries, SizeIs(1));
      const auto accepted = cosign_verify(made.bundle, by_key(key));
      EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
    }
  }
}

// cosign 3.1.3 does not verify its own signatures of these types either, but logs take them.
TEST_F(KeylessSigningTest, LongerCurvesSignAsCosignDoes) {
  for (const int rekor : kRekors) {
    for (const auto type : {crypto::KeyType::kEcdsaP384, crypto::KeyType::kEcdsaP521}) {
      SCOPED_TRACE(std::string(to_string(type)) + " in Rekor " + std::to_string(rekor));
      ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
      ASSERT_OK_ASSIGN(const auto ours, sign_by_key(key, rekor));
      ASSERT_OK_ASSIGN(const auto pem, key.to_encrypted_pem("pw", system_random()));
      files().write("signer.key", pem);
      files().write("blob", kContent);
      const auto signed_by_cosign =
          cosign({"sign-blob", "--yes", "--key", "signer.key", "--signing-config",
                  services().signing_config_file(rekor), "--trusted-root",
                  services().trusted_root_file(), "--bundle", "theirs.json", "blob"});
      ASSERT_EQ(signed_by_cosign.exit_code, 0) << signed_by_cosign.err;
      const auto theirs = sigstore::parse_bundle(files().read("theirs.json"), "theirs");
      ASSERT_THAT(theirs, is_accepted());
      EXPECT_THAT(sigstore::verify_evidence(*theirs, sigstore::Artifact::of_bytes(kContent), root_,
                                            {.signer = key.public_key()}, system_clock().now()),
                  is_accepted());
      EXPECT_EQ(digest_in(ours.bundle), digest_in(files().read("theirs.json")));
    }
  }
}

TEST_F(KeylessSigningTest, CosignVerifiesSignaturesWithoutALogByEachTypeOfKey) {
  for (const auto type :
       {crypto::KeyType::kEcdsaP256, crypto::KeyType::kEcdsaP384, crypto::KeyType::kEcdsaP521,
        crypto::KeyType::kRsa2048, crypto::KeyType::kRsa3072, crypto::KeyType::kRsa4096,
        crypto::KeyType::kEd25519}) {
    SCOPED_TRACE(to_string(type));
    ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
    const sigstore::TrustedRoot nobody;
    ASSERT_OK_ASSIGN(const auto made, sign_blob(kContent, key, {}, nobody, environment(), {}));
    auto asked = by_key(key);
    asked.push_back("--insecure-ignore-tlog=true");
    const auto accepted = cosign_verify(made.bundle, asked);
    EXPECT_EQ(accepted.exit_code, 0) << accepted.err;
  }
}

// Rekor 1 checks envelopes by SHA-256 alone, and files by the hash of the key's length.
TEST_F(KeylessSigningTest, LogsTakeStatementsByEachTypeOfKey) {
  const Digest digest = Digest::of("artifact");
  for (const int rekor : kRekors) {
    for (const auto type : {crypto::KeyType::kEcdsaP256, crypto::KeyType::kEcdsaP384,
                            crypto::KeyType::kEcdsaP521, crypto::KeyType::kRsa2048}) {
      SCOPED_TRACE(std::string(to_string(type)) + " in Rekor " + std::to_string(rekor));
      ASSERT_OK_ASSIGN(const auto key, crypto::PrivateKey::generate(type));
      for (const auto form : {ArtifactForm::kBundle, ArtifactForm::kClassicAttestation,
                              ArtifactForm::kClassicSignature}) {
        if (rekor == 2 && form != ArtifactForm::kBundle) continue;
        const bool is_payload = form == ArtifactForm::kClassicSignature;
        const ArtifactContent content{form,
                                      is_payload
                                          ? sigstore::serialize_simple_signing("shop", digest)
                                          : sigstore::signature_statement(digest),
                                      std::string(sigstore::kSignaturePredicateType), digest};
        ASSERT_OK_ASSIGN(const auto made,
                         sign_artifact(content, key, services_of(rekor, SignerKind::kKey), root_,
                                       environment(), {}));
        EXPECT_THAT(made.verified.log_entries, SizeIs(1));
        EXPECT_THAT(made.verified.timestamps, SizeIs(1));
      }
    }
  }
}

TEST_F(KeylessSigningTest, NothingIsGivenOutThatTheRootDoesNotProve) {
  const sealift::test::SigstoreServices other;
  ASSERT_OK_ASSIGN(root_, sigstore::parse_trusted_root(other.trusted_root(), "another root"));
  for (const int rekor : kRekors) {
    EXPECT_THAT(sign_as(services().person_token(kAlice), rekor),
                fails_with(ErrorCode::kUntrusted, "is not given out"));
  }
}

TEST_F(KeylessSigningTest, ATokenOfAnotherIssuerIsRefusedByFulcio) {
  const sealift::test::SigstoreServices other;
  EXPECT_THAT(sign_as(other.person_token(kAlice), 2),
              fails_with(ErrorCode::kInvalidInput, "the certificate authority"));
}

}  // namespace
}  // namespace sealift::keyless
