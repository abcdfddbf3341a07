#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "controller_fault_case.h"
#include "support/registry_server.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using test::ProxyAction;

// A registry with a network before it, and the puller's own disk.
class FaultOfRegistry : public ControllerFault {
 protected:
  void SetUp() override {
    ControllerFault::SetUp();
    use_repository("oci://" + way_.url().substr(std::string("http://").size()) + "/shop");
  }

  test::RegistryServer registry_{"distribution"};
  test::CountingProxy way_{"http://" + registry_.address(), nullptr};
};

TEST_F(FaultOfRegistry, GoneAndBack) {
  deliver_first();
  registry_.stop();
  ASSERT_TRUE(puller_->wait_for_output("the registry is away")) << puller_->err();
  expect_repairs(1);
  registry_.start();
  publish_version(2);
  expect_converged(2);
}

// It takes each connection and each request, and says nothing.
TEST_F(FaultOfRegistry, SilentAndHeardAgain) {
  deliver_first();
  std::promise<void> speaks;
  const auto silence = speaks.get_future().share();
  way_.set_rule([silence](const ProxiedRequest& request, std::size_t) {
    if (request.method == "HEAD") silence.wait();
    return ProxyAction::forward();
  });
  way_.forget_requests();
  way_.wait_for([](const ProxiedRequest& request) { return request.method == "HEAD"; });
  expect_repairs(1);
  speaks.set_value();
  way_.set_rule(nullptr);
  publish_version(2);
  expect_converged(2);
}

// The disk of state and cache is full when an update comes, and has room again later.
TEST_F(FaultOfRegistry, TheDiskIsFullForAWhile) {
  const std::vector<std::string> own_disk{
      "unshare",
      "--user",
      "--map-root-user",
      "--mount",
      "sh",
      "-c",
      "mkdir -p \"$0\" && mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\""};
  wrapper_ = own_disk;
  wrapper_.push_back(directory_.file("probe"));
  auto probe = wrapper_;
  probe.emplace_back("true");
  const auto probed = test::run_process(probe);
  ASSERT_EQ(probed.exit_code, 0) << "a disk of one's own needs user namespaces: " << probed.err;
  wrapper_.back() = directory_.file(state_);
  deliver_first();
  // Seen through the puller's own mounts.
  const auto filler =
      "/proc/" + std::to_string(puller_->pid()) + "/root" + directory_.file(state_) + "/filler";
  std::ofstream(filler) << std::string(2u << 20, 'x') << std::flush;
  publish_version(2);
  ASSERT_TRUE(puller_->wait_for_output("No space left on device")) << puller_->err();
  ASSERT_TRUE(std::filesystem::remove(filler));
  expect_converged(2);
  expect_repairs(2);
}

}  // namespace
}  // namespace sealift::e2e
