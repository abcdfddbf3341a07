#include <sealift/base/clock.h>
#include <sealift/sigstore/known_trusted_root.h>

#include <support/tuf_repository.h>

#include <gmock/gmock.h>

#include <chrono>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

// A policy whose root comes from an archive that somebody carries in.
class ControllerTrustFolder : public ControllerCase {
 protected:
  ControllerTrustFolder() : repository_(system_clock().now()) {
    repository_.add_target("targets", "trusted_root.json",
                           std::string(sigstore::public_trusted_root().bytes));
    directory_.write("root.json", repository_.root(1));
    directory_.write("keep/.there", "");
    sealift({"trust", "init", "--dir", directory_.file("connected"), "--root",
             directory_.file("root.json")});
  }

  void sealift(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("sealift"));
    const auto done = test::run_process(arguments);
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  // In one step, as a cluster changes a ConfigMap's files.
  void carry_in(seconds valid_for) {
    repository_.set_expiry("timestamp", system_clock().now() + valid_for);
    repository_.release();
    repository_.write_to(directory_.file("copy"));
    sealift({"trust", "get", "trusted_root.json", "--dir", directory_.file("connected"), "--url",
             directory_.file("copy"), "-o", directory_.file("trusted_root.json")});
    sealift({"trust", "pack", "--dir", directory_.file("connected"), "-o",
             directory_.file("keep/acme.tar.gz")});
  }
  void wait_for_policy(const std::string& reason) {
    kubectl({"wait", "trustpolicy/" + policy_name(), "--timeout=120s",
             "--for=jsonpath={.status.conditions[?(@.type==\"Ready\")].reason}=" + reason});
  }

  test::TufRepository repository_;
};

TEST_F(ControllerTrustFolder, ItsRootDecidesUntilItExpires) {
  publish();
  more_policy_ = "  trustedRoot: {folder: acme}\n";
  trust();
  start_puller({"--trust-dir", directory_.file("keep")});
  declare("shop", std::string(kAccount) + "  interval: 2s\n  retryInterval: 2s\n");
  wait_for_policy("RootMissing");
  EXPECT_THAT(message_for("Refused"), HasSubstr("neither the folder"));

  carry_in(seconds(25));
  wait_for_policy("InForce");
  wait_for("condition=Ready");
  EXPECT_THAT(shown({"get", "policies", policy_name()}),
              AllOf(HasSubstr("trusted_root.json of the trust folder acme"),
                    HasSubstr("timestamp 2 expires at")));

  wait_for_policy("RootExpired");
  EXPECT_THAT(message_for("Refused"), HasSubstr("of which timestamp 2 expired at"));

  carry_in(std::chrono::hours(1));
  wait_for_policy("InForce");
  wait_for("condition=Ready");
}

}  // namespace
}  // namespace sealift::e2e
