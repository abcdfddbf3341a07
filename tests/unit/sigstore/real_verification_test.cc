#include "support/refusal_matchers.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gtest/gtest.h>

#include <map>

namespace sealift::sigstore {
namespace {

using sealift::test::is_accepted;
using sealift::test::is_refused;
using sealift::test::test_data;

constexpr const char* kPublicRoot = "tuf/targets/trusted_root.json";
constexpr const char* kScaffoldingRoot = "bundles/scaffolding.trusted_root.json";
constexpr const char* kStampedKeyRoot = "bundles/public-key-validity.trusted_root.json";
constexpr const char* kSlsa = "https://slsa.dev/provenance/v0.2";

const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

SignedEvidence bundle(const std::string& name) {
  return parse_bundle(test_data("sigstore/bundles/" + name), name).value();
}

const TrustedRoot& root(const std::string& name) {
  static std::map<std::string, TrustedRoot> roots;
  const auto found = roots.find(name);
  if (found != roots.end()) return found->second;
  return roots[name] = parse_trusted_root(test_data("sigstore/" + name), name).value();
}

TextRule exact(const std::string& text) { return TextRule::exact(text).value(); }

// What the published bundle is about.
Artifact subject_of(const SignedEvidence& evidence) {
  const auto statement = parse_statement(evidence.envelope()->payload, "statement").value();
  const auto& [algorithm, hex] = statement.subjects.front().digests.front();
  return Artifact::of_digest(Digest::parse(algorithm + ":" + hex).value());
}

std::string predicate_of(const SignedEvidence& evidence) {
  return parse_statement(evidence.envelope()->payload, "statement").value().predicate_type;
}

VerificationRule provenance_rule() {
  return {.signer = IdentityRule{exact("https://github.com/sigstore/sigstore-js/.github/workflows/"
                                       "release.yml@refs/heads/main"),
                                 exact("https://token.actions.githubusercontent.com")},
          .predicate_type = "https://slsa.dev/provenance/v1"};
}

TEST(RealBundle, OfAWorkflowInThePublicLog) {
  const auto evidence = bundle("sigstore.js@2.0.0-provenance.json");
  const auto& trusted = root(kPublicRoot);
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify_evidence(evidence, subject_of(evidence),
                                                              trusted, provenance_rule(), kNow));
  ASSERT_TRUE(verified.signer.has_value());
  EXPECT_EQ(verified.signer->identity.issuer, "https://token.actions.githubusercontent.com");
  EXPECT_EQ(verified.signer->authority->uri, "https://fulcio.sigstore.dev");
  ASSERT_EQ(verified.signer->certificate_logs.size(), 1u);
  EXPECT_EQ(verified.signer->certificate_logs[0]->base_url, "https://ctfe.sigstore.dev/2022");
  ASSERT_EQ(verified.log_entries.size(), 1u);
  EXPECT_EQ(verified.log_entries[0].index, 31821305u);
  EXPECT_TRUE(verified.log_entries[0].has_promise);
  EXPECT_TRUE(verified.log_entries[0].has_proof);
  EXPECT_TRUE(verified.timestamps.empty());
  EXPECT_EQ(verified.times,
            std::vector<Timestamp>{parse_timestamp("2023-08-18T16:05:35Z").value()});
  ASSERT_TRUE(verified.statement.has_value());
  EXPECT_EQ(verified.statement->subjects.at(0).name, "pkg:npm/sigstore@2.0.0");
}

TEST(RealBundle, IsNotTakenForAnything) {
  const auto evidence = bundle("sigstore.js@2.0.0-provenance.json");
  const auto artifact = subject_of(evidence);
  const auto& trusted = root(kPublicRoot);
  const auto verify = [&](const VerificationRule& rule, const TrustedRoot& believed,
                          const Artifact& about) {
    return verify_evidence(evidence, about, believed, rule, kNow);
  };
  auto rule = provenance_rule();
  EXPECT_THAT(verify(rule, root(kScaffoldingRoot), artifact), is_refused(RefusalKind::kLogUnknown));
  EXPECT_THAT(verify(rule, trusted, Artifact::of_bytes("another")),
              is_refused(RefusalKind::kSubject, "sha512:"));
  rule.predicate_type = kSignaturePredicateType;
  EXPECT_THAT(verify(rule, trusted, artifact), is_refused(RefusalKind::kPredicateType));
  rule = provenance_rule();
  std::get<IdentityRule>(rule.signer).name =
      exact("https://github.com/sigstore/sigstore-js/.github/workflows/release.yml");
  EXPECT_THAT(verify(rule, trusted, artifact), is_refused(RefusalKind::kIdentity));
  rule.requires_log = false;
  EXPECT_THAT(verify(rule, trusted, artifact), is_refused(RefusalKind::kNoTime));
}

TEST(RealBundle, OfAPersonWithAPromiseAlone) {
  const auto evidence = bundle("dsse.json");
  VerificationRule rule{
      .signer = IdentityRule{exact("brian@dehamer.com"), exact("https://github.com/login/oauth")},
      .predicate_type = predicate_of(evidence)};
  EXPECT_EQ(rule.predicate_type, kSlsa);
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify_evidence(evidence, subject_of(evidence),
                                                              root(kPublicRoot), rule, kNow));
  EXPECT_FALSE(verified.log_entries.at(0).has_proof);
}

TEST(RealBundle, OfAUserNamedByAnOtherName) {
  const auto evidence = bundle("othername.json");
  const auto artifact = Artifact::of_digest(
      Digest::parse("sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b")
          .value());
  VerificationRule rule{.signer =
                            IdentityRule{exact("foo!oidc.local"), exact("http://oidc.local:8080")}};
  const auto& trusted = root(kScaffoldingRoot);
  EXPECT_THAT(verify_evidence(evidence, artifact, trusted, rule, kNow), is_accepted());
  EXPECT_THAT(verify_evidence(evidence, Artifact::of_bytes("another"), trusted, rule, kNow),
              is_refused(RefusalKind::kContent, "bc103b4a"));
  std::get<IdentityRule>(rule.signer).name = exact("foo@oidc.local");
  EXPECT_THAT(verify_evidence(evidence, artifact, trusted, rule, kNow),
              is_refused(RefusalKind::kIdentity, "foo!oidc.local"));
}

TEST(RealBundle, OfAKeyWithATimeStamp) {
  const auto evidence = bundle("public-key-validity.json");
  const auto key =
      crypto::PublicKey::from_pem(test_data("sigstore/bundles/public-key-validity.pem"), "key")
          .value();
  const auto& message = std::get<MessageSignature>(evidence.content);
  const Artifact artifact{.digests = {message.digest.value()}};
  VerificationRule rule{.signer = key, .requires_log = false};
  ASSERT_ACCEPTED_ASSIGN(const auto verified,
                         verify_evidence(evidence, artifact, root(kStampedKeyRoot), rule, kNow));
  EXPECT_EQ(verified.key.fingerprint(), key.fingerprint());
  EXPECT_FALSE(verified.signer.has_value());
  ASSERT_EQ(verified.timestamps.size(), 1u);
  EXPECT_EQ(verified.timestamps[0].authority->uri, "https://virtual.tsa.sigstore.dev");
  EXPECT_EQ(verified.times.size(), 1u);
  // An authority that nobody here trusts says nothing, and need not.
  ASSERT_ACCEPTED_ASSIGN(const auto without,
                         verify_evidence(evidence, artifact, root(kPublicRoot), rule, kNow));
  EXPECT_TRUE(without.times.empty());
  rule.requires_log = true;
  EXPECT_THAT(verify_evidence(evidence, artifact, root(kStampedKeyRoot), rule, kNow),
              is_refused(RefusalKind::kLogEvidenceMissing));
}

TEST(RealBundle, OfCosignsKey) {
  const auto evidence = bundle("cosign-3.1.3.json");
  const auto key = crypto::PublicKey::from_pem(test_data("crypto/keys/p256.pub"), "key").value();
  const VerificationRule rule{.signer = key, .requires_log = false};
  const TrustedRoot nobody;
  EXPECT_THAT(verify_evidence(evidence, subject_of(evidence), nobody, rule, kNow), is_accepted());
  const auto other =
      crypto::PublicKey::from_pem(test_data("sigstore/bundles/public-key-validity.pem"), "key")
          .value();
  EXPECT_THAT(verify_evidence(evidence, subject_of(evidence), nobody,
                              {.signer = other, .requires_log = false}, kNow),
              is_refused(RefusalKind::kSignature));
}

}  // namespace
}  // namespace sealift::sigstore
