#include <gmock/gmock.h>

#include <csignal>
#include <future>

#include "delivery_case.h"
#include "support/registry_server.h"

namespace sealift::e2e {
namespace {

using test::Process;
using test::ProxiedRequest;
using test::ProxyAction;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A puller that goes on until it is told to stop, while the world around it comes and goes.
class ClusterOutage : public DeliveryCase {
 protected:
  std::vector<std::string> loop() {
    write_configuration();
    return puller_arguments();
  }
  std::vector<std::string> once() {
    auto arguments = loop();
    arguments.insert(arguments.end(), {"--once", "--json"});
    return arguments;
  }
  void expect_clean_end(Process& puller) {
    puller.send_signal(SIGTERM);
    const auto ended = puller.wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("stopped"));
  }
};

TEST_F(ClusterOutage, WithoutTheRegistryTheClusterStaysAsDelivered) {
  test::RegistryServer registry("distribution");
  use_repository("oci://" + registry.address() + "/shop");
  put_small();
  publish();
  Process puller(loop());
  ASSERT_TRUE(puller.wait_for_output("delivered")) << puller.err();
  registry.stop();
  ASSERT_TRUE(puller.wait_for_output("the registry is away")) << puller.err();
  EXPECT_EQ(value_of("a"), "1");
  // What was accepted is still kept in force.
  cluster_.kubectl_apply(config_map("a", "mine"));
  EXPECT_TRUE(eventually([&] { return value_of("a") == "1"; })) << puller.err();
  registry.start();
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  EXPECT_TRUE(eventually([&] { return value_of("a") == "2"; })) << puller.err();
  expect_clean_end(puller);
  EXPECT_THAT(events(), Not(testing::Contains("failed")));
}

TEST_F(ClusterOutage, ANewPullerWithoutTheRegistryDeliversFromItsCache) {
  test::RegistryServer registry("distribution");
  use_repository("oci://" + registry.address() + "/shop");
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  registry.stop();
  kubectl({"delete", "configmap/a"});
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(std::string(run.outcome.string_at({"registryAway"})), Not(testing::IsEmpty()));
  EXPECT_EQ(value_of("a"), "1");
  // One that never accepted anything has nothing to go on with.
  state_ = "empty";
  const auto first = deliver();
  EXPECT_EQ(first.exit_code, 6) << first;
  EXPECT_EQ(first.stage(), "resolve");
}

TEST_F(ClusterOutage, AfterTheApiServerReturnsThePullerGoesOn) {
  put_small();
  publish();
  Process puller(loop());
  ASSERT_TRUE(puller.wait_for_output("delivered")) << puller.err();
  cluster_.stop_api_server();
  const bool said = puller.wait_for_output("code=unavailable");
  cluster_.start_api_server();
  ASSERT_TRUE(said) << puller.err();
  EXPECT_EQ(value_of("a"), "1");
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  EXPECT_TRUE(eventually([&] { return value_of("a") == "2"; })) << puller.err();
  expect_clean_end(puller);
}

TEST_F(ClusterOutage, StoppedWhileItWaitsARunIsGoneOnWith) {
  put_shop();
  change("web.yaml", "    metadata:\n      labels:",
         "    metadata:\n      annotations: {sealift.test/hang: \"true\"}\n      labels:");
  publish();
  Process puller(once());
  ASSERT_TRUE(puller.wait_for_output("stage=wait")) << puller.err();
  puller.send_signal(SIGTERM);
  const auto run = finished(puller.wait());
  EXPECT_EQ(run.exit_code, 9) << run;
  // The watch of the kind that this very run has defined may still be on its way.
  EXPECT_THAT(run.stage(), testing::AnyOf("wait", "plan"));
  EXPECT_THAT(run.log, HasSubstr("interrupted"));
  EXPECT_THAT(events(), ElementsAre("accepted")) << "nobody has decided anything since";
  change("web.yaml", "      annotations: {sealift.test/hang: \"true\"}\n", "");
  publish();
  const auto next = deliver();
  EXPECT_EQ(next.exit_code, 0) << next;
  EXPECT_EQ(next.count("applied"), 1);
}

TEST_F(ClusterOutage, StoppedWhileTheServerIsSilentThePullerEnds) {
  put_small();
  publish();
  std::promise<void> ended;
  const auto until_end = ended.get_future().share();
  proxy_.set_rule([until_end](const ProxiedRequest& request, std::size_t) {
    if (!request.is_write()) return ProxyAction::forward();
    until_end.wait();
    return ProxyAction::cut();
  });
  Process puller(once());
  proxy_.wait_for([](const ProxiedRequest& request) { return request.is_write(); });
  puller.send_signal(SIGTERM);
  const auto run = finished(puller.wait());
  ended.set_value();
  EXPECT_EQ(run.exit_code, 9) << run;
  proxy_.set_rule(nullptr);
  EXPECT_EQ(deliver().exit_code, 0);
  EXPECT_EQ(value_of("a"), "1");
}

TEST_F(ClusterOutage, AHangupReadsTheConfigurationAgain) {
  put_small();
  publish();
  more_spec_ = "  suspend: true\n";
  Process puller(loop());
  ASSERT_TRUE(puller.wait_for_output("started"));
  more_spec_ = "";
  write_configuration();
  puller.send_signal(SIGHUP);
  ASSERT_TRUE(puller.wait_for_output("configuration read again")) << puller.err();
  ASSERT_TRUE(puller.wait_for_output("delivered")) << puller.err();

  directory_.write("config/policy.yaml", "kind: TrustPolic\n");
  puller.send_signal(SIGHUP);
  ASSERT_TRUE(puller.wait_for_output("the old one stays in force")) << puller.err();
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  EXPECT_TRUE(eventually([&] { return value_of("a") == "2"; })) << puller.err();
  expect_clean_end(puller);
}

TEST_F(ClusterOutage, ASecondPullerOnTheSameStateIsRefused) {
  put_small();
  publish();
  Process puller(loop());
  ASSERT_TRUE(puller.wait_for_output("delivered")) << puller.err();
  const auto second = deliver();
  EXPECT_EQ(second.exit_code, 6) << second;
  EXPECT_THAT(second.log, HasSubstr("another puller uses the state directory"));
  puller.send_signal(SIGKILL);
  puller.wait();
  EXPECT_EQ(deliver().exit_code, 0) << "a killed one holds nothing";
}

// The definition was delivered, discovered, and is deleted by somebody: in one process, which knows
// a kind that is no longer served.
TEST_F(ClusterOutage, ADefinitionThatGoesWhileThePullerRunsComesBack) {
  put_promotion();
  publish();
  Process puller(loop());
  ASSERT_TRUE(puller.wait_for_output("delivered")) << puller.err();
  kubectl({"delete", "crd", "promotions." + name_ + ".example.com"});
  EXPECT_TRUE(eventually([&] { return !get(promotion_path()).is_null(); })) << puller.err();
  expect_clean_end(puller);
}

}  // namespace
}  // namespace sealift::e2e
