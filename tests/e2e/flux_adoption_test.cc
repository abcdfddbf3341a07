#include <gmock/gmock.h>

#include <algorithm>

#include "console_case.h"
#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;

// What Flux has delivered is taken over by Sealift: docs/flux.md. Flux's own part is played by
// kubectl as its field manager, with the labels that it puts on objects.
class FluxAdoption : public ConsoleCase {
 protected:
  std::string deployment(const std::string& labels) const {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: " + name_ +
           "\n" + labels +
           "spec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n"
           "    metadata: {labels: {app: web}}\n"
           "    spec: {containers: [{name: web, image: registry.example.com/web:1}]}\n";
  }
  void deliver_by_flux() {
    const std::string labels =
        "  labels: {kustomize.toolkit.fluxcd.io/name: web, "
        "kustomize.toolkit.fluxcd.io/namespace: " +
        name_ + "}\n";
    cluster_.kubectl_apply(deployment(labels) + "---\n" + config_map("settings", "flux"),
                           "kustomize-controller");
  }
  static test::ProcessResult without_cluster(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("sealift"));
    return test::run_process(arguments);
  }
  std::vector<std::string> pods() const {
    std::vector<std::string> uids;
    const auto list = get(core("pods"));
    for (const auto& pod : *list.find("items")->as_array()) {
      uids.emplace_back(pod.string_at({"metadata", "uid"}));
    }
    std::sort(uids.begin(), uids.end());
    return uids;
  }
  // Who says so about a field: the managers of the object, in their order.
  std::vector<std::string> managers(const Json& object) const {
    std::vector<std::string> names;
    for (const auto& entry : *object.find_path({"metadata", "managedFields"})->as_array()) {
      if (entry.string_at({"operation"}) == "Apply")
        names.emplace_back(entry.string_at({"manager"}));
    }
    return names;
  }
};

TEST_F(FluxAdoption, ObjectsKeepTheirUidAndTheirPods) {
  deliver_by_flux();
  ASSERT_TRUE(eventually([&] {
    const auto live = get(apps("deployments/web"));
    const auto* ready = live.find_path({"status", "availableReplicas"});
    return ready != nullptr && ready->as_int64() == 2;
  }));
  const auto before = get(apps("deployments/web"));
  const auto pods_before = pods();
  put("web.yaml", deployment(""));
  put("settings.yaml", config_map("settings", "flux"));
  publish();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  const auto after = get(apps("deployments/web"));
  EXPECT_EQ(after.string_at({"metadata", "uid"}), before.string_at({"metadata", "uid"}));
  EXPECT_EQ(*after.find_path({"metadata", "generation"}),
            *before.find_path({"metadata", "generation"}));
  EXPECT_EQ(pods(), pods_before);
  EXPECT_THAT(managers(after), testing::Contains("sealift"));
  EXPECT_FALSE(after.string_at({"metadata", "labels", "applyset.kubernetes.io/part-of"}).empty());
  EXPECT_EQ(deliver().kind(), "unchanged");
}

TEST_F(FluxAdoption, AfterwardsAChangeIsSealiftsAlone) {
  deliver_by_flux();
  put("web.yaml", deployment(""));
  put("settings.yaml", config_map("settings", "flux"));
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto uid = std::string(config_map_at("settings").string_at({"metadata", "uid"}));
  put("settings.yaml", config_map("settings", "sealift"));
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  EXPECT_EQ(value_of("settings"), "sealift");
  EXPECT_EQ(config_map_at("settings").string_at({"metadata", "uid"}), uid);
  // Pruned although Flux has applied it once.
  drop("settings.yaml");
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  EXPECT_TRUE(config_map_at("settings").is_null());
}

TEST_F(FluxAdoption, AConvertedDeliveryIsTakenByTheApiServer) {
  const std::string flux =
      "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\n"
      "metadata: {name: web, namespace: " +
      name_ +
      "}\n"
      "spec: {interval: 5m, url: \"oci://ghcr.io/stefanprodan/manifests/podinfo\", ref: {semver: "
      "\">=6.0.0\"}}\n---\n"
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
      "metadata: {name: web, namespace: " +
      name_ +
      "}\n"
      "spec:\n  interval: 10m\n  prune: true\n  wait: true\n  timeout: 2m\n  path: ./kustomize\n"
      "  sourceRef: {kind: OCIRepository, name: web}\n  serviceAccountName: web\n"
      "  patches: [{patch: a}]\n  ignore: [{paths: [/spec/replicas], target: {kind: "
      "Deployment}}]\n";
  const auto file = directory_.write("flux.yaml", flux);
  const auto converted = without_cluster({"convert", "flux", "--filename", file});
  EXPECT_EQ(converted.exit_code, 0) << converted.err;
  EXPECT_THAT(converted.err, HasSubstr("lost: " + file + ":6:1: Kustomization"));
  const auto applied = cluster_.kubectl(
      {"apply", "--server-side", "--validate=strict", "--filename", "-"}, converted.out);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_EQ(delivery("web").string_at({"spec", "path"}), "kustomize");
  EXPECT_EQ(without_cluster({"convert", "flux", "-f", file, "--strict"}).exit_code, 7);
}

}  // namespace
}  // namespace sealift::e2e
