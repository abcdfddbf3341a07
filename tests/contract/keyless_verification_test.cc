// What real cosign signs keyless with real servers, verified by us.
#include "keyless_fixture.h"

namespace sealift::sigstore {
namespace {

using sealift::test::is_accepted;
using sealift::test::is_refused;
using testing::SizeIs;

constexpr const char* kAlice = "alice@example.com";
constexpr int kRekors[] = {1, 2};

class KeylessVerificationTest : public KeylessTest {
 protected:
  // About a file with this content.
  std::string signed_by_cosign(const std::string& content, const std::string& token, int rekor) {
    return cosign_sign_blob(files().write("blob", content), token, rekor);
  }

  static Verdict<> verify(const std::string& bundle, const std::string& content,
                          const VerificationRule& rule, const TrustedRoot& root) {
    SEALIFT_ASSIGN(const auto evidence, parse_bundle(bundle, "bundle.json"));
    SEALIFT_TRY(
        verify_evidence(evidence, Artifact::of_bytes(content), root, rule, system_clock().now()));
    return {};
  }
};

TEST_F(KeylessVerificationTest, APersonsSignatureHolds) {
  const auto root = trusted_root();
  for (const int rekor : kRekors) {
    SCOPED_TRACE(rekor);
    const auto bundle = signed_by_cosign("content", services().person_token(kAlice), rekor);
    ASSERT_ACCEPTED_ASSIGN(const auto evidence, parse_bundle(bundle, "bundle.json"));
    ASSERT_ACCEPTED_ASSIGN(
        const auto verified,
        verify_evidence(evidence, Artifact::of_bytes("content"), root,
                        {identity(kAlice, services().url("people"))}, system_clock().now()));
    EXPECT_THAT(verified.log_entries, SizeIs(1));
    EXPECT_THAT(verified.timestamps, SizeIs(1));
    ASSERT_TRUE(verified.signer);
    EXPECT_THAT(verified.signer->certificate_logs, SizeIs(1));
    EXPECT_EQ(verified.signer->identity.name.value, kAlice);
  }
}

TEST_F(KeylessVerificationTest, AWorkflowsClaimsAreRead) {
  const auto root = trusted_root();
  const auto bundle = signed_by_cosign("content", services().job_token("acme/shop"), 2);
  IdentityRule rule = identity(services().workflow_of("acme/shop"), services().url("jobs"));
  rule.claims = {
      {Claim::kSourceRepositoryUri, TextRule::exact("https://github.com/acme/shop").value()},
      {Claim::kSourceRepositoryRef, TextRule::exact("refs/heads/main").value()},
      {Claim::kRunnerEnvironment, TextRule::exact("github-hosted").value()},
      {Claim::kSourceRepositoryDigest, TextRule::exact(std::string(40, 'a')).value()}};
  EXPECT_THAT(verify(bundle, "content", {rule}, root), is_accepted());
  rule.claims[1].second = TextRule::exact("refs/heads/release").value();
  EXPECT_THAT(verify(bundle, "content", {rule}, root), is_refused(RefusalKind::kExtension));
}

TEST_F(KeylessVerificationTest, SomebodyElseIsRefused) {
  const auto root = trusted_root();
  for (const int rekor : kRekors) {
    SCOPED_TRACE(rekor);
    const auto bundle = signed_by_cosign("content", services().person_token(kAlice), rekor);
    EXPECT_THAT(
        verify(bundle, "content", {identity("bob@example.com", services().url("people"))}, root),
        is_refused(RefusalKind::kIdentity, kAlice));
    EXPECT_THAT(verify(bundle, "content", {identity(kAlice, services().url("jobs"))}, root),
                is_refused(RefusalKind::kIssuer, services().url("people")));
    EXPECT_THAT(verify(bundle, "other content", {identity(kAlice, services().url("people"))}, root),
                is_refused(RefusalKind::kContent));
  }
}

TEST_F(KeylessVerificationTest, AnotherSigstoreIsRefused) {
  const sealift::test::SigstoreServices other;
  const auto root = parse_trusted_root(other.trusted_root(), "other").value();
  for (const int rekor : kRekors) {
    SCOPED_TRACE(rekor);
    const auto bundle = signed_by_cosign("content", services().person_token(kAlice), rekor);
    EXPECT_THAT(verify(bundle, "content", {identity(kAlice, services().url("people"))}, root),
                is_refused(RefusalKind::kLogUnknown));
  }
}

}  // namespace
}  // namespace sealift::sigstore
