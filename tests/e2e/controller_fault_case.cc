#include "controller_fault_case.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace sealift::e2e {
namespace {

std::string path_spec(const std::string& name) {
  return std::string("  serviceAccountName: deployer\n  wait: false\n  path: ") + name + "\n" +
         (name == "stock" ? "  dependsOn: [{name: shop}]\n" : "");
}

std::string kept(const std::string& config_map) {
  const std::string_view mark = "metadata: {";
  auto text = config_map;
  return text.insert(text.find(mark) + mark.size(), "annotations: {sealift.dev/keep: \"true\"}, ");
}

// Nobody waits for it: the cluster's own controllers take their time after an outage.
std::string web(const std::string& name_space, int version) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: site-web, namespace: " +
         name_space +
         "}\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n  template:\n"
         "    metadata: {labels: {app: web, version: \"" +
         std::to_string(version) +
         "\"}}\n    spec: {containers: [{name: web, image: 'example.com/web:1'}]}\n";
}

}  // namespace

void ControllerFault::SetUp() {
  ControllerCase::SetUp();
  drop("a.yaml");
  drop("b.yaml");
  apply(config_map("bystander", "mine"));
}

void ControllerFault::put_version(int version) {
  const auto number = std::to_string(version);
  for (const auto& name : names_) {
    const auto folder = name + "/";
    for (const auto& object : {name + "-a", name + "-b"}) {
      put(folder + object + ".yaml", config_map(object, number));
    }
    put(folder + "version.yaml", config_map(name + "-v" + number, number));
    if (version == 1) put(folder + "keep.yaml", kept(config_map(name + "-keep", number)));
    if (version == 2) drop(folder + "keep.yaml");
  }
  if (has_web()) put("site/web.yaml", web(name_, version));
}

void ControllerFault::publish_version(int version) {
  put_version(version);
  publish();
}

void ControllerFault::declare_all() {
  for (const auto& name : names_) declare(name, path_spec(name));
}

void ControllerFault::deliver_first(std::vector<std::string> more_arguments) {
  publish_version(1);
  trust();
  start_puller(std::move(more_arguments));
  declare_all();
  expect_converged(1);
}

bool ControllerFault::has_web() const {
  return std::find(names_.begin(), names_.end(), "site") != names_.end();
}

std::map<std::string, std::string> ControllerFault::expected(int version) const {
  const auto number = std::to_string(version);
  auto objects = more_objects_;
  objects["bystander"] = "mine";
  if (has_web()) objects["site-web"] = number;
  for (const auto& name : names_) {
    objects[name + "-a"] = number;
    objects[name + "-b"] = number;
    objects[name + "-v" + number] = number;
    objects[name + "-keep"] = "1";
  }
  return objects;
}

std::map<std::string, std::string> ControllerFault::live() const {
  std::map<std::string, std::string> objects;
  const auto maps = get(core("configmaps"));
  for (const auto& map : *maps.find("items")->as_array()) {
    const std::string name(map.string_at({"metadata", "name"}));
    if (name != "kube-root-ca.crt") objects[name] = map.string_at({"data", "value"});
  }
  const auto deployments = get(apps("deployments"));
  for (const auto& one : *deployments.find("items")->as_array()) {
    objects[std::string(one.string_at({"metadata", "name"}))] =
        one.string_at({"spec", "template", "metadata", "labels", "version"});
  }
  return objects;
}

std::string ControllerFault::unsettled(const std::string& name) const {
  const auto live = delivery(name);
  const auto* seen = live.find_path({"status", "observedGeneration"});
  const auto* now = live.find_path({"metadata", "generation"});
  const bool current = seen && now && seen->as_int64() == now->as_int64();
  if (current && condition("Ready", name).string_at({"status"}) == "True" &&
      live.string_at({"status", "accepted", "digest"}) == digest_ &&
      live.string_at({"status", "artifact", "digest"}) == digest_) {
    return {};
  }
  const auto* status = live.find("status");
  return name + " is " + (status ? dump_json(*status) : "without a status") + "\n";
}

std::string ControllerFault::differences(int version) const {
  auto surplus = live();
  std::string text;
  for (const auto& [name, value] : expected(version)) {
    const auto found = surplus.find(name);
    if (found == surplus.end()) {
      text += name + " is not there\n";
    } else {
      if (found->second != value) text += name + " is " + found->second + ", not " + value + "\n";
      surplus.erase(found);
    }
  }
  for (const auto& [name, value] : surplus) text += name + " is too many\n";
  for (const auto& name : names_) text += unsettled(name);
  return text;
}

void ControllerFault::expect_converged(int version) {
  EXPECT_TRUE(eventually([&] { return differences(version).empty(); }))
      << differences(version) << "wanted: " << digest_;
}

void ControllerFault::expect_repairs(int version) {
  apply(config_map("shop-a", "somebody's"));
  kubectl({"delete", "configmap/stock-b", "deployment/site-web", "--ignore-not-found"});
  expect_converged(version);
}

void ControllerFault::expect_no_more_writes() {
  // Long enough for each puller to look at each Delivery some times.
  constexpr std::chrono::seconds kQuiet{3};
  std::vector<std::string> last;
  const bool quiet = eventually([&] {
    proxy_.forget_requests();
    std::this_thread::sleep_for(kQuiet);
    last = proxy_.writes();
    std::erase_if(last, [](const auto& line) { return line.find("/leases/") != line.npos; });
    return last.empty();
  });
  EXPECT_TRUE(quiet) << testing::PrintToString(last);
}

bool ControllerFault::is_application_write(const test::ProxiedRequest& request) {
  return request.is_write() && (request.path.find("/configmaps/") != std::string::npos ||
                                request.path.find("/deployments/") != std::string::npos);
}

}  // namespace sealift::e2e
