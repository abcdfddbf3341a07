#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "remote_case.h"
#include "support/tcp_tunnel.h"

namespace sealift::e2e {
namespace {

using test::ProxyAction;

class RemoteOutage : public RemoteCase {
 protected:
  // What goes through the tunnel is TLS from end to end, so each port is a cluster of its own to
  // the puller.
  std::string tunnelled(const test::TcpTunnel& tunnel, std::size_t index = 0) const {
    return kubeconfig({.server = "https://127.0.0.1:" + std::to_string(tunnel.port(index))});
  }
  // Artifacts with one object each, "shared" in folder "local" and one a cluster.
  void put_one_each(std::size_t clusters) {
    for (const auto* file : {"a.yaml", "b.yaml"}) drop(file);
    put("local/a.yaml", config_map("a", "1"));
    for (std::size_t i = 0; i < clusters; ++i) {
      const auto name = edge(i);
      put(name + "/" + name + ".yaml", config_map(name, "1"));
    }
    publish();
    trust();
  }
  static std::string edge(std::size_t index) { return "edge-" + std::to_string(index); }
  void declare_edge(std::size_t index) {
    declare(edge(index), into(edge(index)) + "  path: " + edge(index) + "\n");
  }
};

TEST_F(RemoteOutage, ClustersThatNeverAnswerDelayNobody) {
  constexpr std::size_t kDead = 4;
  test::TcpTunnel tunnel(port_of(remote()), kDead);
  tunnel.hold();
  put_one_each(kDead);
  for (std::size_t i = 0; i < kDead; ++i) put_secret(edge(i), "value", tunnelled(tunnel, i));
  start_puller({"--concurrency", "1"});
  for (std::size_t i = 0; i < kDead; ++i) declare_edge(i);
  EXPECT_TRUE(eventually([&] { return !condition("Ready", edge(kDead - 1)).is_null(); }));
  declare("shop", std::string(kAccount) + "  path: local\n");
  wait_for("condition=Ready");
  for (std::size_t i = 0; i < kDead; ++i) {
    EXPECT_NE(condition("Ready", edge(i)).string_at({"status"}), "True");
  }
  tunnel.release();
  for (std::size_t i = 0; i < kDead; ++i) wait_for("condition=Ready", edge(i));
  EXPECT_EQ(remote_value_of(edge(0)), "1");
}

TEST_F(RemoteOutage, AClusterThatWasAwayIsBroughtUpToDateWhenItIsBack) {
  put_secret("edge", "value", proxied_kubeconfig());
  publish();
  trust();
  start_puller();
  declare("shop", into("edge"));
  wait_for("condition=Ready");
  remote_proxy_.set_rule([](const auto&, auto) { return ProxyAction::cut(); });
  remote_proxy_.cut_all();
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_message("the remote cluster does not answer", "shop");
  EXPECT_EQ(condition("Ready").string_at({"status"}), "False");
  remote_kubectl({"delete", "configmap", "b"});
  remote_proxy_.set_rule({});
  expect_remote_value("a", "2");
  expect_remote_value("b", "1");
  wait_for("condition=Ready");
}

struct Footprint {
  long threads = 0;
  long descriptors = 0;
  long resident_kib = 0;
};

Footprint footprint_of(pid_t pid) {
  Footprint found;
  const auto folder = "/proc/" + std::to_string(pid);
  std::ifstream status(folder + "/status");
  for (std::string name; status >> name;) {
    if (name == "Threads:") status >> found.threads;
    if (name == "VmRSS:") status >> found.resident_kib;
    status.ignore(1000, '\n');
  }
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder + "/fd")) {
    ++found.descriptors;
  }
  return found;
}

TEST_F(RemoteOutage, FiftyClustersAreServedByOnePuller) {
  constexpr std::size_t kClusters = 50;
  test::TcpTunnel tunnel(port_of(remote()), kClusters);
  put_one_each(kClusters);
  start_puller();
  EXPECT_TRUE(puller_->wait_for_output("are known"));
  const auto before = footprint_of(puller_->pid());
  std::string secrets;
  std::string deliveries;
  for (std::size_t i = 0; i < kClusters; ++i) {
    secrets += secret_yaml(edge(i), {{"value", tunnelled(tunnel, i)}});
    deliveries += delivery_yaml(edge(i), into(edge(i)) + "  path: " + edge(i) + "\n");
  }
  apply(secrets);
  apply(deliveries);
  const auto ready = cluster_.kubectl({"--namespace", name_, "wait", "--for=condition=Ready",
                                       "--timeout=120s", "deliveries", "--all"});
  EXPECT_EQ(ready.exit_code, 0) << ready.err;
  for (const auto index : {std::size_t{0}, kClusters - 1}) {
    EXPECT_EQ(remote_value_of(edge(index)), "1");
  }
  const auto after = footprint_of(puller_->pid());
  std::cout << kClusters << " remote clusters: " << after.threads << " threads (" << before.threads
            << " without), " << after.descriptors << " descriptors (" << before.descriptors << "), "
            << after.resident_kib << " KiB resident (" << before.resident_kib << ")\n";
  // One thread that asks it, one that tells of changes, two watches (as itself, which is refused,
  // and as the account), and connections for requests and watches.
  const auto clusters = static_cast<long>(kClusters);
  EXPECT_LE(after.threads - before.threads, 5 * clusters);
  EXPECT_LE(after.descriptors - before.descriptors, 4 * clusters);
  EXPECT_LE(after.resident_kib - before.resident_kib, 1024 * clusters);
  // Whoever is no longer needed costs nothing any more.
  kubectl({"delete", "deliveries", "--all", "--wait=false"});
  EXPECT_TRUE(eventually([&] {
    return footprint_of(puller_->pid()).threads <= before.threads + 8;
  })) << footprint_of(puller_->pid()).threads;
}

}  // namespace
}  // namespace sealift::e2e
