#include <gtest/gtest.h>

#include <string>

#include "contract/cluster_view_fixture.h"
#include "support/counting_proxy.h"

namespace sealift::members {
namespace {

using test::fails_with;

// A puller without any power but to act as one service account, which has power over its namespace.
class ClusterViewAccess : public ViewContract {
 protected:
  void SetUp() override {
    kubectl({"create", "serviceaccount", "deployer"});
    kubectl({"create", "role", "impersonator", "--verb", "impersonate", "--resource",
             "serviceaccounts", "--resource-name", "deployer"});
    kubectl({"create", "rolebinding", "impersonator", "--role", "impersonator", "--user", "user"});
    access_ = cluster_.user_access();
    proxy_ = std::make_unique<test::CountingProxy>(access_.server_url, access_.server);
    access_.server_url = proxy_->url();
  }
  kube::ApiClient puller() { return cluster_.client(access_); }
  void allow_deployer() {
    kubectl({"create", "role", "deployer", "--verb", "get,list,watch,create,patch", "--resource",
             "configmaps,secrets"});
    kubectl({"create", "rolebinding", "deployer", "--role", "deployer", "--serviceaccount",
             name_space_ + ":deployer"});
    // RBAC works from informers of the server.
    const auto deployer = puller().as_service_account(name_space_, "deployer");
    ASSERT_TRUE(kube::eventually(
        [&] { return deployer.get(config_maps_.path(name_space_, ""), {}, {}).has_value(); }));
    proxy_->forget_requests();
  }
  // For the puller, across the cluster.
  void allow_puller(const std::string& resources) {
    const auto name = "view-" + name_space_ + "-" + resources;
    cluster_.kubectl(
        {"create", "clusterrole", name, "--verb", "list,watch", "--resource", resources});
    cluster_.kubectl(
        {"create", "clusterrolebinding", name, "--clusterrole", name, "--user", "user"});
    roles_.push_back(name);
    ASSERT_TRUE(kube::eventually(
        [&] { return puller().get("/api/v1/" + resources, {{"limit", "1"}}, {}).has_value(); }));
    proxy_->forget_requests();
  }
  void forbid_puller() {
    for (const auto& name : roles_) {
      cluster_.kubectl({"delete", "clusterrolebinding,clusterrole", name});
      const auto resource = name.substr(name.rfind('-') + 1);
      EXPECT_TRUE(kube::eventually(
          [&] { return !puller().get("/api/v1/" + resource, {{"limit", "1"}}, {}).has_value(); }));
    }
    roles_.clear();
  }
  void TearDown() override { forbid_puller(); }

  MemberScope delivered(const std::string& name, std::set<kube::GroupKind> kinds) const {
    auto out = scope(name, std::move(kinds));
    out.account_namespace = name_space_;
    out.account_name = "deployer";
    return out;
  }
  bool is_watched(const std::string& path) const {
    return proxy_->count(
               [&](const auto& request) { return request.is_watch() && request.path == path; }) > 0;
  }
  std::string as_deployer() const { return "system:serviceaccount:" + name_space_ + ":deployer"; }
  std::size_t impersonated_watches() const {
    return proxy_->count([&](const auto& request) {
      return request.is_watch() && request.headers.get("Impersonate-User") == as_deployer();
    });
  }

  kube::ClusterAccess access_;
  std::unique_ptr<test::CountingProxy> proxy_;
  std::vector<std::string> roles_;
  const kube::GroupKind secrets_{"", "Secret"};
};

TEST_F(ClusterViewAccess, WatchesAsTheAccountWhereThePullerMayNot) {
  allow_deployer();
  ASSERT_OK(apply_to("a", config_map("settings")));
  ASSERT_OK(apply_to("b", config_map("more")));
  SeenView view(puller());
  view->follow(delivered("a", {maps_, secrets_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  view->follow(delivered("b", {maps_}));
  ASSERT_TRUE(view.await_ready(set("b")));
  EXPECT_NE(find(view->members(set("a")), map_id("settings")), nullptr);
  EXPECT_NE(find(view->members(set("b")), map_id("more")), nullptr);
  EXPECT_EQ(impersonated_watches(), 2u) << "one for each kind, whatever the number of sets";
  EXPECT_TRUE(is_watched(config_maps_.path(name_space_, "")));
  EXPECT_EQ(view->counts().watches, 2u);
  kubectl({"label", "configmap", "settings", "team-"});
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, map_id("settings"));
    return member && member->object.own_fields_hash.size() == 64 && view.count(set("a")) > 1;
  }));
}

TEST_F(ClusterViewAccess, OnlyTheKindThatThePullerMayNotReadIsWatchedAsTheAccount) {
  allow_deployer();
  allow_puller("configmaps");
  SeenView view(puller());
  view->follow(delivered("a", {maps_, secrets_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  EXPECT_EQ(impersonated_watches(), 1u);
  EXPECT_TRUE(is_watched("/api/v1/configmaps"));
  EXPECT_TRUE(is_watched("/api/v1/namespaces/" + name_space_ + "/secrets"));
}

TEST_F(ClusterViewAccess, NamesTheMissingPermissionAndNoticesItsGrant) {
  SeenView view(puller());
  view->follow(delivered("a", {maps_}));
  EXPECT_TRUE(view.await(set("a"), [](const auto& seen) { return !seen; }));
  EXPECT_THAT(view->members(set("a")),
              fails_with(ErrorCode::kForbidden,
                         "\"" + as_deployer() + "\" cannot watch resource \"configmaps\""));
  EXPECT_THAT(view->members(set("a")),
              fails_with(ErrorCode::kForbidden, "in the namespace \"" + name_space_ +
                                                    "\"; allow it with a Role or ClusterRole"));
  allow_deployer();
  EXPECT_TRUE(kube::eventually([&] {
    view->follow(delivered("a", {maps_}));
    const auto seen = view->members(set("a"));
    return seen && seen->waiting_for.empty();
  }));
}

// The API server asks for the right when a watch begins.
TEST_F(ClusterViewAccess, FallsBackWhereTheRightIsTakenAwayLater) {
  allow_deployer();
  allow_puller("configmaps");
  ASSERT_OK(apply_to("a", config_map("settings")));
  SeenView view(puller());
  view->follow(delivered("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  EXPECT_EQ(impersonated_watches(), 0u);
  forbid_puller();
  proxy_->cut_all();
  proxy_->wait_for([&](const auto& request) {
    return request.is_watch() && request.headers.get("Impersonate-User") == as_deployer();
  });
  kubectl({"delete", "configmap", "settings"});
  EXPECT_TRUE(view.await(set("a"), [](const auto& seen) {
    return seen && seen->waiting_for.empty() && seen->members.empty();
  }));
  EXPECT_EQ(view->counts().watches, 1u);
}

}  // namespace
}  // namespace sealift::members
