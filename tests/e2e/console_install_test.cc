#include <gmock/gmock.h>

#include <utility>

#include "console_case.h"
#include "support/pseudo_terminal.h"
#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kInstall = {"install", "--image", "registry.example.com/sealift:v1"};

class ConsoleInstall : public ConsoleCase {
 protected:
  // Into a namespace of the case's own, which comes with the manifests.
  void SetUp() override {
    ConsoleCase::SetUp();
    app_ = name_;
    name_ += "-system";
  }
  void TearDown() override {
    console({"uninstall", "--yes"});
    cluster_.kubectl({"delete", "namespace", name_, "--wait=false"});
  }

  static std::vector<std::string> install(std::vector<std::string> more = {}) {
    more.insert(more.begin(), kInstall.begin(), kInstall.end());
    return more;
  }
  std::string account() const { return "system:serviceaccount:" + name_ + ":sealift-puller"; }
  // `resource`: "deliveries.sealift.dev/status" is the subresource, which kubectl takes for a name.
  bool can(const std::string& verb, const std::string& resource,
           const std::string& name_space) const {
    const auto slash = resource.find('/');
    std::vector<std::string> question{"auth", "can-i",   verb,          resource.substr(0, slash),
                                      "--as", account(), "--namespace", name_space};
    if (slash != std::string::npos) {
      question.push_back("--subresource=" + resource.substr(slash + 1));
    }
    return cluster_.kubectl(question).out == "yes\n";
  }
  bool is_there(const std::string& path) const { return !get(path).is_null(); }

  std::string app_;  // a namespace for Deliveries
};

TEST_F(ConsoleInstall, TheApiServerTakesEveryManifestOfEveryOption) {
  ASSERT_EQ(cluster_.kubectl({"create", "namespace", name_}).exit_code, 0);
  const std::vector<std::vector<std::string>> all = {
      {},
      {"--replicas", "1", "--state-claim", "cache", "--priority-class", ""},
      {"--scope", "namespace", "--watch-namespace", app_, "--watch-namespace", "default"},
      {"--webhook-secret", "hooks", "--egress-port", "5000", "--default-service-account",
       "deployer", "--allow-own-identity", "--allow-local-addresses"}};
  for (const auto& options : all) {
    const auto manifests = shown(install(options));
    const auto applied =
        cluster_.kubectl({"apply", "--server-side", "--dry-run=server", "--force-conflicts",
                          "--validate=strict", "--filename", "-"},
                         manifests);
    EXPECT_EQ(applied.exit_code, 0) << testing::PrintToString(options) << applied.err;
    EXPECT_THAT(applied.err, Not(HasSubstr("Warning"))) << "Pod Security 'restricted'";
  }
}

TEST_F(ConsoleInstall, AppliesAndWaitsAndGivesThePullerNoMorePowerThanItNeeds) {
  const auto done = shown(install({"--apply"}));
  EXPECT_THAT(done, HasSubstr("ready     Deployment.apps " + name_ + "/sealift-puller"));
  EXPECT_TRUE(can("patch", "deliveries.sealift.dev", app_));
  EXPECT_TRUE(can("patch", "deliveries.sealift.dev/status", app_));
  EXPECT_TRUE(can("impersonate", "serviceaccounts", app_));
  EXPECT_TRUE(can("watch", "deployments.apps", app_));
  EXPECT_TRUE(can("watch", "trustpolicies.sealift.dev", app_));
  EXPECT_TRUE(can("create", "events.events.k8s.io", app_));
  EXPECT_TRUE(can("patch", "leases.coordination.k8s.io", name_));
  EXPECT_FALSE(can("patch", "leases.coordination.k8s.io", app_));
  for (const auto* verb : {"get", "list", "watch", "create", "delete"}) {
    EXPECT_FALSE(can(verb, "secrets", app_)) << verb;
    EXPECT_FALSE(can(verb, "secrets", name_)) << verb;
    EXPECT_FALSE(can(verb, "configmaps", app_)) << verb;
  }
  EXPECT_FALSE(can("create", "deployments.apps", app_));
  EXPECT_TRUE(can("patch", "trustpolicies.sealift.dev/status", app_));
  EXPECT_FALSE(can("patch", "trustpolicies.sealift.dev", app_));
  EXPECT_FALSE(can("update", "trustpolicies.sealift.dev/status", app_));
  EXPECT_FALSE(can("create", "deliveries.sealift.dev", app_));
  EXPECT_FALSE(can("impersonate", "users", app_));
  EXPECT_FALSE(can("impersonate", "groups", app_));
}

TEST_F(ConsoleInstall, ForNamespacesItHasPowerThereAlone) {
  shown(install({"--apply"}));
  EXPECT_TRUE(can("impersonate", "serviceaccounts", "kube-system"));
  const auto narrower =
      shown(install({"--apply", "--scope", "namespace", "--watch-namespace", app_}));
  EXPECT_THAT(narrower, HasSubstr("removed   ClusterRoleBinding.rbac.authorization.k8s.io"));
  // The authorizer hears of bindings a moment later.
  EXPECT_TRUE(eventually([&] {
    return can("patch", "deliveries.sealift.dev", app_) &&
           can("list", "trustpolicies.sealift.dev", "default") &&
           !can("patch", "deliveries.sealift.dev", "default");
  }));
  EXPECT_TRUE(can("impersonate", "serviceaccounts", app_));
  EXPECT_FALSE(can("patch", "deliveries.sealift.dev", "default"));
  EXPECT_FALSE(can("impersonate", "serviceaccounts", "default"));
  EXPECT_FALSE(can("impersonate", "serviceaccounts", "kube-system"));
  EXPECT_FALSE(can("watch", "deployments.apps", app_)) << "watched as the account that delivers";
}

TEST_F(ConsoleInstall, ANamespacesEditorsMayDeliverAndItsViewersMayLook) {
  shown(install({"--apply"}));
  const auto editor = "system:serviceaccount:" + app_ + ":team";
  kubectl({"create", "rolebinding", "team", "--clusterrole=edit",
           "--serviceaccount=" + app_ + ":team", "--namespace", app_});
  const auto may = [&](const std::string& verb, const std::string& name_space) {
    return cluster_
               .kubectl({"auth", "can-i", verb, "deliveries.sealift.dev", "--as", editor,
                         "--namespace", name_space})
               .out == "yes\n";
  };
  ASSERT_TRUE(eventually([&] { return may("create", app_); })) << "roles are aggregated";
  EXPECT_FALSE(may("create", "default"));
}

TEST_F(ConsoleInstall, WhatCannotBeInstalledIsSaidBeforehand) {
  EXPECT_EQ(console({"install"}).exit_code, 2);
  EXPECT_EQ(console(install({"--scope", "namespace"})).exit_code, 2);
  EXPECT_EQ(console(install({"--watch-namespace", "a"})).exit_code, 2);
  EXPECT_EQ(console(install({"--apply", "--export"})).exit_code, 2);
  for (const auto* port : {"0", "65536", "https"}) {
    const auto wrong = console(install({"--egress-port", port}));
    EXPECT_EQ(wrong.exit_code, 2) << port;
    EXPECT_THAT(wrong.err, HasSubstr("--egress-port: Value ")) << port;
  }
  const auto two = console(install({"--state-claim", "cache"}));
  EXPECT_EQ(two.exit_code, 7);
  EXPECT_THAT(two.err, HasSubstr("--replicas 1"));
}

TEST_F(ConsoleInstall, UninstallLetsGoOfWhatWasDelivered) {
  shown(install({"--apply"}));
  const auto system = std::exchange(name_, app_);
  make_delivery("web", "  finalizers: [sealift.dev/delivery]\n");
  apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: " + app_ + "}\n");
  name_ = system;
  const auto nobody = console({"uninstall"});
  EXPECT_EQ(nobody.exit_code, 2) << "nobody can be asked";
  test::PseudoTerminal terminal(command({"uninstall"}));
  ASSERT_TRUE(terminal.wait_for("go on:"));
  EXPECT_THAT(terminal.output(), HasSubstr("1 Deliveries brought stays in the cluster"));
  terminal.type("no\n");
  EXPECT_EQ(terminal.wait(), 9);
  EXPECT_TRUE(is_there("/apis/apps/v1/namespaces/" + name_ + "/deployments/sealift-puller"));
  const auto steps = shown({"uninstall", "--yes", "--keep-delivered"});
  EXPECT_THAT(steps, HasSubstr("let go    Delivery " + app_ + "/web"));
  EXPECT_TRUE(is_there("/api/v1/namespaces/" + app_ + "/configmaps/settings"));
  ASSERT_TRUE(eventually([&] {
    return !is_there(
               "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
               "deliveries.sealift.dev") &&
           !is_there("/api/v1/namespaces/" + name_);
  }));
  EXPECT_FALSE(is_there("/apis/rbac.authorization.k8s.io/v1/clusterroles/sealift-edit"));
  EXPECT_EQ(console({"uninstall", "--yes"}).exit_code, 4);
}

TEST_F(ConsoleInstall, UninstallWaitsForThePullerToRemoveWhatItDelivered) {
  shown(install({"--apply"}));
  const auto system = std::exchange(name_, app_);
  make_delivery("web", "  finalizers: [sealift.dev/delivery]\n");
  name_ = system;
  const auto early = console({"uninstall", "--yes", "--delete-delivered", "--timeout", "300ms"});
  EXPECT_EQ(early.exit_code, 6);
  EXPECT_THAT(early.err, HasSubstr(app_ + "/web"));
  EXPECT_TRUE(is_there("/apis/apps/v1/namespaces/" + name_ + "/deployments/sealift-puller"));
  test::Process removing(command({"uninstall", "--yes", "--delete-delivered"}));
  ASSERT_TRUE(removing.wait_for_output("deleting"));
  // What a puller does when its objects are gone.
  cluster_.kubectl({"patch", "delivery", "web", "--namespace", app_, "--type=merge", "--patch",
                    R"({"metadata": {"finalizers": null}})"});
  const auto done = removing.wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(eventually([&] { return !is_there("/api/v1/namespaces/" + name_); }));
}

// From a stick: neither Git nor a registry is there, and the manifests came through a commit.
TEST_F(ConsoleInstall, AnArtifactDeliversSealiftItself) {
  const auto system = std::exchange(name_, app_);
  const auto command_line = install({"--namespace", system});
  auto arguments = command_line;
  arguments.insert(arguments.begin(), program("sealift"));
  const auto manifests = test::run_process(arguments);
  ASSERT_EQ(manifests.exit_code, 0) << manifests.err;
  put("sealift.yaml", manifests.out);
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_TRUE(is_there("/apis/apps/v1/namespaces/" + system + "/deployments/sealift-puller"));
  EXPECT_EQ(deliver().kind(), "unchanged");
  name_ = system;
}

}  // namespace
}  // namespace sealift::e2e
