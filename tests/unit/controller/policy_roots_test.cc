// TrustPolicies whose roots come from trust folders.
#include <sealift/controller/policy_set.h>
#include <sealift/sigstore/known_trusted_root.h>
#include <sealift/tuf/client.h>

#include <support/faulty_file_system.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>
#include <support/test_data.h>
#include <support/tuf_repository.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::controller {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Standing = PolicyVerdict::Standing;

// "shop" takes its root from the folder "keep/sigstore", which is valid for a year.
class PolicyRoots : public testing::Test {
 protected:
  PolicyRoots() : repository_(clock_.now()) {
    repository_.add_target("targets", "trusted_root.json",
                           std::string(sigstore::public_trusted_root().bytes));
    repository_.release();
  }

  // The folder as a client on the connected side has it now.
  void carry_in() {
    const tuf::TrustDirectory folder(disk_, "keep/sigstore");
    for (const auto& [path, bytes] : repository_.files()) disk_.put("copy/" + path, bytes);
    const auto source = tuf::make_directory_source(disk_, "copy", "copy/targets");
    const tuf::ClientEnvironment environment{disk_, clock_, system_random()};
    EXPECT_OK(tuf::initialize_trust(environment, folder, repository_.root(1), {}));
    EXPECT_OK(tuf::Client(environment, folder, std::chrono::seconds(0))
                  .get_target(*source, "trusted_root.json", {}));
  }
  static Json policy() {
    const Json::Object key{{"name", "k"}, {"publicKey", test::test_data("crypto/keys/p256.pub")}};
    const Json::Object spec{{"repositories", Json::Array{"registry.test/shop"}},
                            {"trustedRoot", Json::Object{{"folder", "sigstore"}}},
                            {"signatures", Json::Object{{"keys", Json::Array{key}}}}};
    return Json::Object{
        {"apiVersion", "sealift.dev/v1alpha1"},
        {"kind", "TrustPolicy"},
        {"metadata", Json::Object{{"name", "shop"}, {"uid", "uid-shop"}, {"generation", 1}}},
        {"spec", spec}};
  }
  void put() {
    roots_.learn(signing::parse_trust_policy(policy(), "policy").value());
    set_.reset();
    set_.put(policy());
    set_.synced();
  }
  void look() {
    roots_.refresh(set_.root_folders());
    set_.look_at_roots();
  }
  PolicyVerdict verdict() const { return set_.verdicts(clock_.now()).at(0); }

  mutable test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  test::FaultyFileSystem disk_;
  test::TufRepository repository_;
  roots::RootKeeper roots_{disk_, "keep"};
  PolicySet set_{roots_};
};

TEST_F(PolicyRoots, AreInForceWithThePolicy) {
  carry_in();
  put();
  const auto change = set_.take_change();
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->policies.at(0).root.value().name, "trust folder sigstore");
  EXPECT_EQ(verdict().standing, Standing::kInForce);
  EXPECT_THAT(verdict().message,
              AllOf(HasSubstr("its root is trusted_root.json of the trust folder sigstore"),
                    HasSubstr("expires at 20")));
  EXPECT_EQ(set_.root_faults(clock_.now()), "");
  look();
  EXPECT_FALSE(set_.take_change()) << "nothing is new";
}

TEST_F(PolicyRoots, ThatAreMissingComeLater) {
  put();
  EXPECT_FALSE(set_.take_change()->policies.at(0).root);
  EXPECT_EQ(verdict().standing, Standing::kRootMissing);
  EXPECT_THAT(verdict().message, AllOf(HasSubstr("nothing is accepted"),
                                       HasSubstr("neither the folder keep/sigstore")));
  EXPECT_THAT(set_.root_faults(clock_.now()), HasSubstr("neither the folder"));
  const auto status = status_of(Json::object(), verdict(), clock_.now());
  EXPECT_THAT(dump_json(status.value()),
              AllOf(HasSubstr(R"("reason":"RootMissing")"), HasSubstr(R"("type":"Stalled")")));
  carry_in();
  look();
  EXPECT_TRUE(set_.take_change()->policies.at(0).root);
  EXPECT_EQ(verdict().standing, Standing::kInForce);
  EXPECT_THAT(dump_json(status_of(*status, verdict(), clock_.now()).value()),
              AllOf(HasSubstr(R"("reason":"InForce")"), testing::Not(HasSubstr("Stalled"))));
}

TEST_F(PolicyRoots, ExpireByThemselves) {
  carry_in();
  put();
  set_.take_change();
  clock_.advance(std::chrono::hours(24 * 366));
  look();
  EXPECT_FALSE(set_.take_change()) << "the policy is the same, and judges by the time";
  EXPECT_EQ(verdict().standing, Standing::kRootExpired);
  EXPECT_THAT(verdict().message, HasSubstr("bring in a newer copy"));
  EXPECT_THAT(set_.root_faults(clock_.now()), HasSubstr("expired at"));
  EXPECT_THAT(dump_json(status_of(Json::object(), verdict(), clock_.now()).value()),
              HasSubstr(R"("reason":"RootExpired")"));
}

// A policy of before that stays in force keeps its root current as well.
TEST_F(PolicyRoots, OfPoliciesThatStayInForceAreFollowed) {
  put();
  set_.take_change();
  auto broken = policy();
  broken.find("metadata")->set("generation", 2);
  broken.find("spec")->set("repositories", Json::array());
  set_.put(broken);
  set_.take_change();
  EXPECT_EQ(verdict().standing, Standing::kInvalid);
  carry_in();
  look();
  const auto change = set_.take_change();
  ASSERT_TRUE(change.has_value());
  EXPECT_TRUE(change->policies.at(0).root);
}

TEST_F(PolicyRoots, SaysThatTheFolderIsDamagedByNow) {
  carry_in();
  put();
  set_.take_change();
  disk_.put("keep/sigstore/timestamp.json", "{}");
  look();
  EXPECT_TRUE(set_.take_change()->policies.at(0).root) << "what was read before counts";
  EXPECT_EQ(verdict().standing, Standing::kInForce);
  EXPECT_THAT(verdict().message, HasSubstr("what is in the folder by now does not count"));
}

}  // namespace
}  // namespace sealift::controller
