#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "contract/cluster_view_fixture.h"
#include "support/counting_proxy.h"

namespace sealift::members {
namespace {

class ClusterViewFaults : public ViewContract {
 protected:
  // The admin's right, through a proxy that sees each request.
  kube::ApiClient through_proxy() {
    auto access = cluster_.access();
    proxy_ = std::make_unique<test::CountingProxy>(access.server_url, access.server);
    access.server_url = proxy_->url();
    return cluster_.client(access);
  }
  bool await_drift(SeenView& view, const std::string& name, const Json& applied) {
    const auto ours = kube::observe(applied)->own_fields_hash;
    return view.await(set("a"), [&](const auto& seen) {
      const auto* member = find(seen, map_id(name));
      return member && member->object.own_fields_hash != ours;
    });
  }

  std::unique_ptr<test::CountingProxy> proxy_;
};

TEST_F(ClusterViewFaults, AtRestNothingIsAsked) {
  constexpr int kSets = 100;
  for (const auto* name : {"set-0", "set-1", "set-99"}) {
    ASSERT_OK(apply_to(name, config_map(name)));
  }
  SeenView view(through_proxy());
  const std::set<kube::GroupKind> kinds{maps_, deployment_kind_, {"", "Secret"}};
  const auto follow_all = [&] {
    for (int i = 0; i < kSets; ++i) view->follow(scope("set-" + std::to_string(i), kinds));
  };
  follow_all();
  for (int i = 0; i < kSets; ++i) ASSERT_TRUE(view.await_ready(set("set-" + std::to_string(i))));
  EXPECT_EQ(proxy_->count([](const auto& request) { return request.is_watch(); }), 3u);
  EXPECT_EQ(proxy_->requests().size(), 5u) << "two for discovery, once";
  proxy_->forget_requests();
  follow_all();
  for (int i = 0; i < kSets; ++i) EXPECT_OK(view->members(set("set-" + std::to_string(i))));
  EXPECT_EQ(proxy_->requests().size(), 0u);
  EXPECT_EQ(view->counts().sets, static_cast<std::size_t>(kSets));
}

TEST_F(ClusterViewFaults, AWatchThatIsCutGoesOn) {
  ASSERT_OK_ASSIGN(const auto applied, apply_to("a", config_map("settings")));
  ASSERT_OK_ASSIGN(const auto second, apply_to("a", config_map("second")));
  SeenView view(through_proxy());
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  proxy_->cut_all();
  kubectl({"label", "configmap", "settings", "team-"});
  EXPECT_TRUE(await_drift(view, "settings", applied));
  EXPECT_EQ(
      proxy_->count([](const auto& request) { return request.has("sendInitialEvents=true"); }), 1u)
      << "it resumes where it was";
  EXPECT_EQ(find(view->members(set("a")), map_id("second"))->object.own_fields_hash,
            kube::observe(second)->own_fields_hash);
}

TEST_F(ClusterViewFaults, WhatHappenedWhileTheServerForgotIsSeen) {
  ASSERT_OK_ASSIGN(const auto applied, apply_to("a", config_map("settings")));
  ASSERT_OK(apply_to("a", config_map("deleted")));
  SeenView view(through_proxy());
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  // As after a compaction: each version that is asked for is forgotten.
  proxy_->set_rule([](const auto& request, std::size_t) {
    const bool resumes = request.is_watch() && !request.has("sendInitialEvents=true");
    return resumes ? test::ProxyAction::answer(410, R"({"kind":"Status","code":410})")
                   : test::ProxyAction::forward();
  });
  kubectl({"delete", "configmap", "deleted"});
  ASSERT_TRUE(view.await(set("a"), [&](const auto& seen) {
    return seen && seen->waiting_for.empty() && seen->members.size() == 1;
  }));
  proxy_->cut_all();
  kubectl({"label", "configmap", "settings", "team-"});
  EXPECT_TRUE(await_drift(view, "settings", applied));
  EXPECT_GE(
      proxy_->count([](const auto& request) { return request.has("sendInitialEvents=true"); }), 2u);
}

TEST_F(ClusterViewFaults, StormsOfRefusalsPass) {
  ASSERT_OK_ASSIGN(const auto applied, apply_to("a", config_map("settings")));
  SeenView view(through_proxy());
  proxy_->set_rule([](const auto& request, std::size_t ordinal) {
    if (!request.is_watch() || ordinal > 6) return test::ProxyAction::forward();
    auto refused = test::ProxyAction::answer(ordinal % 2 == 0 ? 429 : 500, "{}");
    if (ordinal % 2 == 0) refused.headers.set("Retry-After", "1");
    return refused;
  });
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  kubectl({"label", "configmap", "settings", "team-"});
  EXPECT_TRUE(await_drift(view, "settings", applied));
}

TEST_F(ClusterViewFaults, ARestartOfTheApiServerLosesNothing) {
  ASSERT_OK_ASSIGN(const auto applied, apply_to("a", config_map("settings")));
  ASSERT_OK(apply_to("a", config_map("other")));
  SeenView view(client_);
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  cluster_.stop_api_server();
  ASSERT_OK_ASSIGN(const auto meanwhile, view->members(set("a")));
  EXPECT_EQ(meanwhile.members.size(), 2u);
  cluster_.start_api_server();
  kubectl({"label", "configmap", "settings", "team-"});
  kubectl({"delete", "configmap", "other"});
  EXPECT_TRUE(await_drift(view, "settings", applied));
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    return seen && seen->waiting_for.empty() && seen->members.size() == 1;
  }));
}

TEST_F(ClusterViewFaults, EndsAtOnceWhateverItIsDoing) {
  auto away = cluster_.access();
  away.server_url = "https://127.0.0.1:1";
  for (int i = 0; i < 10; ++i) {
    SeenView view(i % 2 == 0 ? client_ : cluster_.client(away));
    view->follow(scope("a", {maps_, deployment_kind_}));
    if (i % 3 == 0) view->forget(set("a"));
  }
}

// Sockets of this process to the API server that are connected.
std::size_t connections_to(const std::string& port) {
  std::set<std::string> own;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with("socket:[")) own.insert(target.substr(8, target.size() - 9));
  }
  std::ostringstream wanted;
  wanted << std::uppercase << std::hex << std::stoi(port);
  std::ifstream table("/proc/self/net/tcp");
  std::size_t count = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retries, user, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >>
        inode;
    if (remote.ends_with(":" + wanted.str()) && state == "01" && own.contains(inode)) ++count;
  }
  return count;
}

TEST_F(ClusterViewFaults, ManyWatchesShareAConnection) {
  const auto access = cluster_.access();
  const auto port = access.server_url.substr(access.server_url.rfind(':') + 1);
  SeenView view(client_);
  view->follow(scope("a", {maps_,
                           deployment_kind_,
                           {"", "Secret"},
                           {"", "Service"},
                           {"", "ServiceAccount"},
                           {"apps", "StatefulSet"},
                           {"batch", "Job"},
                           {"batch", "CronJob"},
                           {"", "Namespace"},
                           {"networking.k8s.io", "Ingress"},
                           {"rbac.authorization.k8s.io", "Role"}}));
  ASSERT_TRUE(view.await_ready(set("a")));
  EXPECT_EQ(view->counts().watches, 11u);
  // Other cases of this program may have left one that is idle.
  EXPECT_LE(connections_to(port), 2u);
  EXPECT_GE(connections_to(port), 1u);
}

}  // namespace
}  // namespace sealift::members
