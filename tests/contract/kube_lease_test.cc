#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>

#include "contract/kube_fixture.h"
#include "support/process.h"

namespace sealift::kube {
namespace {

class KubeLease : public KubeContract {
 protected:
  std::unique_ptr<test::Process> candidate(const std::string& identity) {
    return std::make_unique<test::Process>(
        std::vector<std::string>{LEASE_CANDIDATE, cluster_.kubeconfig(), name_space_, identity});
  }
  std::string lease(const std::string& field) {
    return kubectl({"get", "lease", "election", "--output", "jsonpath={.spec." + field + "}"});
  }
};

TEST_F(KubeLease, ASecondProcessLeadsAfterTheFirstWasKilled) {
  const auto first = candidate("first");
  ASSERT_TRUE(first->wait_for_output("leading")) << first->err();
  EXPECT_EQ(lease("holderIdentity"), "first");
  EXPECT_EQ(lease("leaseDurationSeconds"), "10");
  const auto second = candidate("second");
  ASSERT_TRUE(second->wait_for_output("another process leads")) << second->err();
  EXPECT_EQ(second->out(), "");
  first->send_signal(SIGKILL);
  ASSERT_TRUE(second->wait_for_output("leading\n")) << second->err();
  EXPECT_EQ(lease("holderIdentity"), "second");
  EXPECT_EQ(lease("leaseTransitions"), "1");
}

TEST_F(KubeLease, AStoppedProcessReleasesIt) {
  const auto first = candidate("first");
  ASSERT_TRUE(first->wait_for_output("leading"));
  first->send_signal(SIGTERM);
  EXPECT_EQ(first->wait().exit_code, 0);
  EXPECT_EQ(first->out(), "leading\nleading no more\n");
  EXPECT_EQ(lease("holderIdentity"), "");
  EXPECT_NE(lease("renewTime"), "");
  const auto second = candidate("second");
  ASSERT_TRUE(second->wait_for_output("leading"));
}

TEST_F(KubeLease, TheLeaderRenews) {
  const auto leader = candidate("leader");
  ASSERT_TRUE(leader->wait_for_output("leading"));
  const auto first = lease("renewTime");
  EXPECT_TRUE(eventually([&] { return lease("renewTime") != first; }));
  EXPECT_EQ(lease("leaseTransitions"), "0");
}

TEST_F(KubeLease, ALeaderWhoseServerRestartsGoesOn) {
  const auto leader = candidate("leader");
  ASSERT_TRUE(leader->wait_for_output("leading"));
  cluster_.stop_api_server();
  cluster_.start_api_server();
  const auto before = lease("renewTime");
  EXPECT_TRUE(eventually([&] { return lease("renewTime") != before; })) << leader->err();
  EXPECT_EQ(lease("holderIdentity"), "leader");
}

}  // namespace
}  // namespace sealift::kube
