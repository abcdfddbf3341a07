#include <csignal>

#include "remote_case.h"

namespace sealift::e2e {
namespace {

// Two pullers, each with its own state and its own way to the API server.
class Shards : public RemoteCase {
 protected:
  void SetUp() override {
    RemoteCase::SetUp();
    publish();
    trust();
    start_puller({"--shard-selector", "shard=blue"});
    const auto token = installed_token();
    directory_.write("green/kubeconfig", green_proxy_.kubeconfig(token));
    green_ = std::make_unique<test::Process>(std::vector<std::string>{
        program("sealift-puller"), "--allow-local-addresses", "--kubeconfig",
        directory_.file("green/kubeconfig"), "--state", directory_.file("green/state"),
        "--shard-selector", "shard=green"});
  }
  void TearDown() override {
    green_->send_signal(SIGTERM);
    const auto ended = green_->wait();
    EXPECT_EQ(ended.signal, 0);
    if (HasFailure()) ADD_FAILURE() << "The other puller said:\n" << ended.err;
    RemoteCase::TearDown();
  }
  static std::string in(const std::string& shard) { return "  labels: {shard: " + shard + "}\n"; }
  // Writes about this Delivery and its objects.
  std::vector<std::string> writes(const test::CountingProxy& proxy) const {
    auto all = proxy.writes();
    std::erase_if(all, [&](const auto& line) {
      return line.find("/namespaces/" + name_ + "/") == std::string::npos;
    });
    return all;
  }
  std::string version_of(const std::string& config_map) const {
    return std::string(config_map_at(config_map).string_at({"metadata", "resourceVersion"}));
  }

  test::CountingProxy green_proxy_{cluster_.access().server_url, cluster_.access().server};
  std::unique_ptr<test::Process> green_;
};

TEST_F(Shards, EachPullerHasItsShareAndALabelMovesADelivery) {
  // Artifacts of their own, so that no two Deliveries want the same object.
  drop("b.yaml");
  put("blue/a.yaml", config_map("a", "1"));
  put("green/b.yaml", config_map("b", "1"));
  drop("a.yaml");
  publish();
  const auto moving = std::string(kAccount) + "  path: blue\n";
  declare("shop", moving, in("blue"));
  declare("other", std::string(kAccount) + "  path: green\n", in("green"));
  declare("nobody", moving, in("red"));
  wait_for("condition=Ready");
  wait_for("condition=Ready", "other");
  EXPECT_TRUE(condition("Ready", "nobody").is_null());
  const auto before = version_of("a");
  const std::string uid(delivery("shop").string_at({"metadata", "uid"}));

  // Its objects are neither deleted nor written again, and what is known of it goes along.
  proxy_.forget_requests();
  green_proxy_.forget_requests();
  declare("shop", moving, in("green"));
  kubectl({"label", "delivery", "other", "shard=blue", "--overwrite"});
  ask_for_run("shop");
  ask_for_run("other");
  for (const auto* name : {"shop", "other"}) {
    EXPECT_TRUE(eventually([&] {
      const auto live = delivery(name);
      const auto handled = live.string_at({"status", "lastHandledReconcileAt"});
      return !handled.empty() &&
             handled == live.string_at({"metadata", "annotations", "sealift.dev/requestedAt"});
    })) << dump_json(delivery(name));
  }
  wait_for("condition=Ready");
  EXPECT_EQ(version_of("a"), before);
  EXPECT_EQ(delivery("shop").string_at({"metadata", "uid"}), uid);
  EXPECT_EQ(delivery("shop").find_path({"status", "accepted", "sequence"})->as_int64(), 2);

  // From now on each looks after the other one's, and after that alone.
  proxy_.forget_requests();
  green_proxy_.forget_requests();
  kubectl({"delete", "configmap", "a"});
  expect_value("a", "1");
  kubectl({"delete", "configmap", "b"});
  expect_value("b", "1");
  wait_for("condition=Ready");
  for (const auto& line : writes(proxy_)) {
    EXPECT_EQ(line.find("configmaps/a"), std::string::npos) << line;
    EXPECT_EQ(line.find("deliveries/shop"), std::string::npos) << line;
  }
  for (const auto& line : writes(green_proxy_)) {
    EXPECT_EQ(line.find("configmaps/b"), std::string::npos) << line;
    EXPECT_EQ(line.find("deliveries/other"), std::string::npos) << line;
  }
  // The new one takes the objects along.
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_EQ(value_of("b"), "1");
}

}  // namespace
}  // namespace sealift::e2e
