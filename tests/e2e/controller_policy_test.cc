#include <gmock/gmock.h>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

// What a security team sees of its policies. The puller has the shipped roles alone.
class ControllerPolicy : public ControllerCase {
 protected:
  void TearDown() override {
    kubectl({"delete", "trustpolicies", broken(), "--ignore-not-found"});
    ControllerCase::TearDown();
  }

  std::string broken() const { return "broken-" + name_; }
  // The API server cannot tell that it is no key.
  void make_broken() {
    apply("apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + broken() +
          "}\nspec:\n  repositories: [\"registry.example.com/**\"]\n  signatures:\n    keys:\n" +
          "      - name: release\n        publicKey: |\n          -----BEGIN PUBLIC KEY-----\n"
          "          none\n          -----END PUBLIC KEY-----\n");
  }
  void wait_for_policy(const std::string& name, const std::string& reason) {
    kubectl({"wait", "trustpolicy/" + name, "--timeout=120s",
             "--for=jsonpath={.status.conditions[?(@.type==\"Ready\")].reason}=" + reason});
  }
};

TEST_F(ControllerPolicy, ItsStatusSaysWhetherItIsInForce) {
  publish();
  trust();
  start_puller();
  declare();
  wait_for("condition=Ready");
  wait_for_policy(policy_name(), "InForce");
  kubectl({"wait", "--for=condition=Ready", "trustpolicy/" + policy_name(), "--timeout=60s"});
  EXPECT_THAT(shown({"get", "policies"}), ContainsRegex(policy_name() + " +True .* in force\n"));

  make_broken();
  wait_for_policy(broken(), "InvalidPolicy");
  EXPECT_THAT(shown({"get", "policies", broken()}),
              AllOf(ContainsRegex(broken() + " +False "), HasSubstr("release"),
                    HasSubstr("no change of any TrustPolicy is until all are valid")));
  // A change of another one waits, and says for whom.
  more_policy_ = "  rollback: allow\n";
  trust();
  wait_for_policy(policy_name(), "HeldBack");
  EXPECT_THAT(shown({"get", "policies", policy_name()}),
              AllOf(ContainsRegex(policy_name() + " +False "), HasSubstr("not valid: " + broken()),
                    HasSubstr("its generation 1 stays in force")));

  kubectl({"delete", "trustpolicy", broken()});
  wait_for_policy(policy_name(), "InForce");
}

}  // namespace
}  // namespace sealift::e2e
