// Policies whose root comes from a trust folder: how fresh that has to be, and decisions by it that
// are made again.
#include "signed_artifact.h"

#include <sealift/signing/evidence_check.h>
#include <sealift/signing/policy_document.h>

#include <support/result_matchers.h>
#include <support/test_sigstore.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::KeylessDraft;
using sealift::test::TestSigstore;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const Timestamp kNow = parse_timestamp("2026-06-02T00:00:00Z").value();
constexpr const char* kWorkflow = "https://github.com/acme/shop/.github/workflows/release.yml";

TestSigstore& our_sigstore() {
  static TestSigstore sigstore;
  return sigstore;
}

std::string our_root() {
  static const std::string root = dump_json(our_sigstore().trusted_root());
  return root;
}

// Asks for an identity, which only a root makes somebody.
Json policy_document() {
  const Json::Object ci{
      {"name", "ci"},
      {"issuer", Json::Object{{"equals", "https://token.actions.githubusercontent.com"}}},
      {"subject", Json::Object{{"equals", kWorkflow}}}};
  const Json::Object spec{{"repositories", Json::Array{"registry.example.com/**"}},
                          {"trustedRoot", Json::Object{{"folder", "keep"}, {"allowExpired", "2h"}}},
                          {"signatures", Json::Object{{"identities", Json::Array{ci}}}}};
  return Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                      {"kind", "TrustPolicy"},
                      {"metadata", Json::Object{{"name", "shop"}}},
                      {"spec", spec}};
}

class RootFolderTest : public testing::Test {
 protected:
  RootFolderTest() {
    KeylessDraft draft;
    draft.identity = std::string("URI:") + kWorkflow;
    draft.artifact = artifact_.bytes;
    draft.predicate_type = sigstore::kSignaturePredicateType;
    draft.time = parse_timestamp("2026-06-01T12:00:00Z").value();
    set_.pieces.push_back({FoundSignature::Format::kBundle, "referrer sha256:test",
                           dump_json(our_sigstore().bundle(draft))});
  }

  void read_folder(Timestamp expires) {
    policy_.root = make_policy_root("trust folder keep", our_root(), "root").value();
    policy_.root_folder->content = RootFolder::Content{
        std::make_shared<const std::string>(our_root()), "timestamp 12", expires};
  }
  VerificationInput input() const {
    return {.repository = test::kRepository,
            .artifact = artifact_,
            .signatures = set_,
            .policy = policy_,
            .now = now_,
            .tag = "stable"};
  }
  Json answer() const { return answer_of(verify(input())); }
  EvidenceDocument decide() const {
    return make_evidence_document(input(), policy_document(), verify(input()));
  }
  static EvidenceDocument reread(const EvidenceDocument& document) {
    return parse_evidence_document(serialize(document), "evidence.json").value();
  }
  static EvidenceCheck check(const EvidenceDocument& document,
                             const EvidenceExpectation& expected = {}) {
    return check_evidence(reread(document), expected).value();
  }
  static testing::Matcher<const EvidenceDifference&> differs(const std::string& where,
                                                             const std::string& message) {
    return AllOf(Field(&EvidenceDifference::where, HasSubstr(where)),
                 Field(&EvidenceDifference::message, HasSubstr(message)));
  }

  oci::StoredManifest artifact_ = test::make_artifact({{"dev.sealift.sequence", "1"}});
  SignatureSet set_;
  TrustPolicy policy_ = parse_trust_policy(policy_document(), "policy").value();
  Timestamp now_ = kNow;
};

TEST_F(RootFolderTest, CountsUntilThePolicysOwnTime) {
  const auto expires = kNow + std::chrono::hours(1);
  read_folder(expires);
  EXPECT_EQ(answer().string_at({"verdict"}), "accepted") << dump_json(answer());
  EXPECT_EQ(answer().string_at({"root", "expires"}), format_timestamp(expires));
  now_ = expires + std::chrono::hours(2) - std::chrono::seconds(1);
  EXPECT_EQ(answer().string_at({"verdict"}), "accepted");
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(answer().string_at({"brokenRule"}), "trusted_root");
  EXPECT_THAT(answer().string_at({"message"}),
              HasSubstr("of the trust folder keep, of which timestamp 12 expired at " +
                        format_timestamp(expires) +
                        "; the policy allows 2h after that (trustedRoot.allowExpired)"));
  policy_.root_folder->allowed_since_expiry = std::chrono::seconds(0);
  now_ = expires;
  EXPECT_THAT(answer().string_at({"message"}), HasSubstr("the policy allows no time after that"));
  now_ -= std::chrono::seconds(1);
  EXPECT_EQ(answer().string_at({"verdict"}), "accepted");
}

TEST_F(RootFolderTest, WithoutItThePolicyAcceptsNothing) {
  EXPECT_EQ(answer().string_at({"brokenRule"}), "trusted_root");
  EXPECT_THAT(answer().string_at({"message"}), HasSubstr("no trust folders were given; name the "
                                                         "directory that holds them"));
  EXPECT_EQ(answer().find("root"), nullptr);
  policy_.root_folder->problem = "it burnt down";
  EXPECT_THAT(answer().string_at({"message"}),
              HasSubstr("a root of the trust folder keep, and it burnt down"));
}

// Nor does a key help, which needs no root: the policy names one and means it.
TEST_F(RootFolderTest, KeysDoNotMakeUpForIt) {
  auto policy = test::make_policy();
  policy.repositories = {"**"};
  set_.pieces = {test::bundle_for(test::first_key(), artifact_.descriptor.digest)};
  policy_ = policy;
  EXPECT_EQ(answer().string_at({"verdict"}), "accepted");
  policy_.root_folder = RootFolder{.name = "keep", .target = "trusted_root.json"};
  EXPECT_EQ(answer().string_at({"brokenRule"}), "trusted_root");
}

TEST_F(RootFolderTest, EvidenceHoldsTheRootAndUntilWhenItCounted) {
  read_folder(kNow + std::chrono::hours(1));
  const auto document = decide();
  const auto read = reread(document);
  EXPECT_EQ(read.root.value().first_to_expire, "timestamp 12");
  EXPECT_EQ(read.root->expires, kNow + std::chrono::hours(1));
  EXPECT_THAT(check(document).differences, IsEmpty());
  EXPECT_TRUE(check(document).is_accepted());

  auto late = document;
  late.root->expires = kNow - std::chrono::hours(2);
  EXPECT_THAT(check(late).differences, Contains(differs("answer.brokenRule", "trusted_root")));
  auto endless = document;
  endless.root->expires.reset();
  EXPECT_THAT(check(endless).differences, Contains(differs("trustedRoot.expires", "is not here")));
  auto rootless = document;
  rootless.root.reset();
  EXPECT_THAT(check(rootless).differences, Contains(differs("answer.brokenRule", "trusted_root")));
  TestSigstore stranger;
  auto other = document;
  other.root->json = dump_json(stranger.trusted_root());
  EXPECT_THAT(check(other).differences, Contains(differs("answer.verdict", "refused")));
}

TEST_F(RootFolderTest, EvidenceOfARefusalHoldsToo) {
  const auto missing = decide();
  read_folder(kNow - std::chrono::hours(2));
  for (const auto& document : {missing, decide()}) {
    EXPECT_EQ(document.answer.string_at({"brokenRule"}), "trusted_root");
    EXPECT_THAT(check(document).differences, IsEmpty());
    EXPECT_FALSE(check(document).is_accepted());
  }
  // Under a root that somebody knows himself, the folder is not asked for.
  const auto root = make_policy_root("ours", our_root(), "root").value();
  EXPECT_TRUE(check(missing, {.root = root}).is_accepted());
}

// Who gives the document's policy, and not the folder, hears whose word the root is.
TEST_F(RootFolderTest, EvidenceLendsItsRootToAPolicyThatNamesTheSameFolder) {
  auto given = policy_;
  read_folder(kNow + std::chrono::hours(1));
  const auto document = decide();
  const auto checked = check(document, {.policy = {{given, policy_document()}}});
  EXPECT_THAT(checked.differences, IsEmpty());
  EXPECT_TRUE(checked.is_accepted());
  EXPECT_THAT(checked.remarks, Contains(HasSubstr("are the document's word")));

  given.root_folder->problem = "it burnt down";
  EXPECT_FALSE(check(document, {.policy = {{given, policy_document()}}}).is_accepted());
  given.root_folder->problem = "";
  given.root_folder->target = "another.json";
  EXPECT_FALSE(check(document, {.policy = {{given, policy_document()}}}).is_accepted());
  given.root_folder = RootFolder{.name = "another", .target = "trusted_root.json"};
  EXPECT_FALSE(check(document, {.policy = {{given, policy_document()}}}).is_accepted());
}

}  // namespace
}  // namespace sealift::signing
