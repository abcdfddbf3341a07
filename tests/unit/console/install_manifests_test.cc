#include <sealift/console/install_manifests.h>

#include <gmock/gmock.h>

#include <algorithm>

#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using test::fails_with;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

InstallOptions options() {
  InstallOptions all;
  all.image = "registry.example.com/sealift:v1";
  return all;
}

std::vector<objects::Object> manifests(const InstallOptions& wanted) {
  auto made = install_manifests(wanted);
  EXPECT_OK(made);
  return made ? *std::move(made) : std::vector<objects::Object>();
}

const Json& find(const std::vector<objects::Object>& all, std::string_view kind,
                 std::string_view name) {
  static const Json kNone;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& object) {
    return object.gvk().kind == kind && object.name() == name;
  });
  EXPECT_NE(found, all.end()) << kind << " " << name;
  return found == all.end() ? kNone : found->json();
}

std::vector<std::string> arguments(const std::vector<objects::Object>& all) {
  std::vector<std::string> list;
  const auto& deployment = find(all, "Deployment", kPullerName);
  const auto& container =
      deployment.find_path({"spec", "template", "spec", "containers"})->as_array()->front();
  for (const auto& argument : *container.find("args")->as_array()) {
    list.push_back(*argument.as_string());
  }
  return list;
}

TEST(InstallManifests, EveryNamespacedObjectIsInTheNamespaceAndBearsItsLabel) {
  auto wanted = options();
  wanted.name_space = "platform";
  for (const auto& object : manifests(wanted)) {
    const auto& kind = object.gvk().kind;
    const bool shared = kind == "CustomResourceDefinition" || kind == "ClusterRole";
    EXPECT_EQ(object.label(kInstallLabel), shared ? "shared" : "platform") << kind;
    EXPECT_THAT(object.name_space(), testing::AnyOf("", "platform")) << kind;
    EXPECT_EQ(dump_json(object.json()).find("sealift-system"), std::string::npos)
        << kind << " still names the template's namespace";
  }
}

TEST(InstallManifests, NoRoleGrantsSecretsConfigMapsOrEverything) {
  for (const auto& object : manifests(options())) {
    if (object.gvk().group != "rbac.authorization.k8s.io") continue;
    const auto text = dump_json(object.json());
    for (const auto* forbidden :
         {"\"secrets\"", "\"configmaps\"", "\"*\"", "\"users\"", "\"escalate\"", "\"bind\""}) {
      EXPECT_THAT(text, Not(HasSubstr(forbidden))) << object.name();
    }
  }
}

TEST(InstallManifests, ANamespacedScopeBindsNothingElsewhere) {
  auto wanted = options();
  wanted.watch_namespaces = {"shop", "api"};
  const auto all = manifests(wanted);
  std::vector<std::string> bound;
  for (const auto& object : all) {
    if (object.gvk().kind == "ClusterRoleBinding") bound.push_back(object.name());
    if (object.gvk().kind == "RoleBinding") bound.push_back(object.name_space());
  }
  std::sort(bound.begin(), bound.end());
  EXPECT_THAT(bound, testing::ElementsAre("api", "sealift-puller-policies-sealift-system",
                                          "sealift-system", "shop"));
  EXPECT_THAT(arguments(all), Contains("--watch-namespace=shop"));
}

TEST(InstallManifests, EachOptionIsInTheDeployment) {
  auto wanted = options();
  wanted.replicas = 1;
  wanted.default_service_account = "deployer";
  wanted.allow_own_identity = true;
  wanted.allow_local_addresses = true;
  wanted.allowed_providers = {"aws", "gcp"};
  wanted.priority_class = "";
  wanted.state_claim = "cache";
  wanted.webhook_secret = "hooks";
  wanted.notify_secret = "sinks";
  wanted.trust_config_map = "roots";
  wanted.shard_selector = "shard in (a,b)";
  wanted.cross_namespace_dependencies = true;
  wanted.all_events = true;
  wanted.delivery_metrics = true;
  wanted.egress_ports = {5000};
  const auto all = manifests(wanted);
  EXPECT_THAT(arguments(all),
              testing::IsSupersetOf(
                  {"--default-service-account=deployer", "--allow-own-identity",
                   "--allow-local-addresses", "--allow-provider=aws", "--allow-provider=gcp",
                   "--webhook-listen=:9292", "--notify=/etc/sealift/notify/notifications.yaml",
                   "--shard-selector=shard in (a,b)", "--allow-cross-namespace-dependencies",
                   "--events=all", "--delivery-metrics", "--trust-dir=/etc/sealift/trust"}));
  const auto deployment = dump_json(find(all, "Deployment", kPullerName));
  EXPECT_THAT(deployment, HasSubstr(R"("claimName":"cache")"));
  EXPECT_THAT(deployment, HasSubstr(R"("secretName":"hooks")"));
  EXPECT_THAT(deployment, HasSubstr(R"("secretName":"sinks")"));
  EXPECT_THAT(deployment, HasSubstr(R"("mountPath":"/etc/sealift/notify")"));
  EXPECT_THAT(deployment, HasSubstr(R"("configMap":{"name":"roots"})"));
  EXPECT_THAT(deployment, HasSubstr(R"("mountPath":"/etc/sealift/trust")"));
  EXPECT_THAT(deployment, HasSubstr(R"("replicas":1)"));
  EXPECT_THAT(deployment, HasSubstr(R"("image":"registry.example.com/sealift:v1")"));
  EXPECT_THAT(deployment, Not(HasSubstr("priorityClassName")));
  const auto policy = dump_json(find(all, "NetworkPolicy", kPullerName));
  EXPECT_THAT(policy, HasSubstr("5000"));
  EXPECT_THAT(policy, HasSubstr("9292"));
  EXPECT_THAT(dump_json(find(all, "Service", kPullerName)), HasSubstr("9292"));
}

TEST(InstallManifests, RefusesWhatCannotBe) {
  const auto with = [](auto change) {
    auto wanted = options();
    change(wanted);
    return install_manifests(wanted);
  };
  EXPECT_THAT(with([](auto& o) { o.image = ""; }), fails_with(ErrorCode::kInvalidInput, "--image"));
  EXPECT_THAT(with([](auto& o) { o.image = "a b"; }), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(with([](auto& o) { o.name_space = "A"; }),
              fails_with(ErrorCode::kInvalidInput, "--namespace"));
  EXPECT_THAT(with([](auto& o) { o.watch_namespaces = {"a/b"}; }),
              fails_with(ErrorCode::kInvalidInput, "--watch-namespace"));
  EXPECT_THAT(with([](auto& o) { o.shard_selector = "a in ("; }),
              fails_with(ErrorCode::kInvalidInput, "--shard-selector"));
  EXPECT_THAT(with([](auto& o) { o.notify_secret = "a/b"; }),
              fails_with(ErrorCode::kInvalidInput, "--notify-secret"));
  EXPECT_THAT(with([](auto& o) { o.trust_config_map = "a/b"; }),
              fails_with(ErrorCode::kInvalidInput, "--trust-configmap"));
  EXPECT_THAT(with([](auto& o) { o.state_claim = "cache"; }),
              fails_with(ErrorCode::kInvalidInput, "--replicas 1"));
}

}  // namespace
}  // namespace sealift::console
