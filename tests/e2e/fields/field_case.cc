#include "field_case.h"

#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "e2e/installed_puller.h"
#include "e2e/key_block.h"
#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

using test::TestCluster;

constexpr std::string_view kApply = "application/apply-patch+yaml";
constexpr std::string_view kMerge = "application/merge-patch+json";

// The puller of the program, behind a proxy that knows what it asked for.
class SharedPuller {
 public:
  explicit SharedPuller(TestCluster& cluster, const std::string& program)
      : proxy_(cluster.access().server_url, cluster.access().server),
        process_(start(cluster, program)) {}

  test::CountingProxy& proxy() { return proxy_; }
  test::Process& process() { return process_; }

 private:
  std::vector<std::string> start(TestCluster& cluster, const std::string& program) {
    directory_.write("kubeconfig", proxy_.kubeconfig(installed_puller_token(cluster)));
    return {program,       "--kubeconfig",           directory_.file("kubeconfig"),
            "--state",     directory_.file("state"), "--listen",
            "127.0.0.1:0", "--allow-local-addresses"};
  }

  test::TempDirectory directory_;
  test::CountingProxy proxy_;
  test::Process process_;
};

SharedPuller& shared_puller(TestCluster& cluster, const std::string& program) {
  static SharedPuller puller(cluster, program);
  return puller;
}

kube::ResourceMap& resources(TestCluster& cluster) {
  static kube::ResourceMap map(cluster.client());
  return map;
}

}  // namespace

void FieldCase::SetUp() {
  auto& puller = shared_puller(cluster_, program("sealift-puller"));
  log_start_ = puller.process().err().size();
  make_namespace(name_);
  static const bool trusted = [&] {
    write(
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: all}\nspec:\n"
        "  repositories: ['**']\n  signatures:\n    keys:\n      - name: release\n"
        "        publicKey: |\n" +
        key_block(public_key()));
    return true;
  }();
  ASSERT_TRUE(trusted);
}

void FieldCase::TearDown() {
  remove("/apis/sealift.dev/v1alpha1/namespaces/" + name_ + "/deliveries");
  auto& process = shared_puller(cluster_, program("sealift-puller")).process();
  EXPECT_EQ(::kill(process.pid(), 0), 0) << "the puller ended";
  if (HasFailure()) ADD_FAILURE() << "The puller said:\n" << process.err().substr(log_start_);
}

void FieldCase::write(const std::string& yaml) const {
  const auto objects = objects::parse_objects(yaml, "test.yaml");
  ASSERT_OK(objects);
  for (const auto& object : *objects) {
    const auto resource = resources(cluster_).find(object.gvk(), {});
    ASSERT_OK(resource);
    ASSERT_OK(cluster_.client().patch(resource->path(object.name_space(), object.name()),
                                      {{"fieldManager", "test"}, {"force", "true"}}, kApply,
                                      object.json(), {}))
        << yaml;
  }
}

void FieldCase::patch(const std::string& path, const std::string& json) const {
  const auto body = parse_json(json, "the patch");
  ASSERT_OK(body);
  ASSERT_OK(cluster_.client().patch(path, {{"fieldManager", "somebody"}}, kMerge, *body, {}));
}

void FieldCase::remove(const std::string& path) const {
  ASSERT_OK(cluster_.client().remove(
      path, *parse_json(R"({"propagationPolicy": "Background"})", "options"), {}));
}

void FieldCase::make_namespace(const std::string& name, const std::string& rules) const {
  write("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name +
        "}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: deployer, namespace: " +
        name + "}\n");
  grant(name, name + ":deployer", rules);
}

void FieldCase::grant(const std::string& name_space, const std::string& account,
                      const std::string& rules) const {
  const auto colon = account.find(':');
  const auto role = account.substr(colon + 1);
  const auto metadata = "metadata: {name: " + role + ", namespace: " + name_space + "}\n";
  write("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + metadata + "rules: " + rules +
        "\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n" + metadata +
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: " + role +
        "}\nsubjects: [{kind: ServiceAccount, name: " + role +
        ", namespace: " + account.substr(0, colon) + "}]\n");
}

std::string FieldCase::delivery_path(const std::string& name) const {
  return "/apis/sealift.dev/v1alpha1/namespaces/" + name_ + "/deliveries/" + name;
}

void FieldCase::declare(const std::string& name, const std::string& spec,
                        const std::string& metadata) const {
  auto text = "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata:\n  name: " + name +
              "\n  namespace: " + name_ + "\n" + metadata + "spec:\n" + spec;
  const auto by_default = [&](const std::string& field, const std::string& value) {
    const auto line = "  " + field + ": ";
    if (spec.find(line) == std::string::npos) text += line + value + "\n";
  };
  by_default("artifact", "{url: '" + repository_ + "', tag: prod}");
  by_default("interval", "1s");
  by_default("retryInterval", "200ms");
  by_default("serviceAccountName", "deployer");
  write(text);
}

Json FieldCase::condition(const std::string& type, const std::string& name) const {
  const auto live = delivery(name);
  const auto* conditions = live.find_path({"status", "conditions"});
  if (conditions == nullptr) return {};
  for (const auto& candidate : *conditions->as_array()) {
    if (candidate.string_at({"type"}) == type) return candidate;
  }
  return {};
}

std::string FieldCase::status_of(const std::string& name) const {
  const auto live = delivery(name);
  const auto* status = live.find("status");
  return status == nullptr ? "no status" : dump_json(*status);
}

void FieldCase::annotate(const std::string& name, const std::string& key,
                         const std::string& value) const {
  patch(delivery_path(name),
        R"({"metadata": {"annotations": {")" + key + R"(": ")" + value + R"("}}})");
}

void FieldCase::run_again(const std::string& name) const {
  static int count = 0;
  const auto request = "request-" + std::to_string(1'000'000 + ++count);
  annotate(name, "sealift.dev/requestedAt", request);
  EXPECT_TRUE(eventually([&] {
    return delivery(name).string_at({"status", "lastHandledReconcileAt"}) == request;
  })) << status_of(name);
}

void FieldCase::expect_ready(const std::string& name) const {
  EXPECT_TRUE(eventually([&] {
    const auto live = delivery(name);
    const auto* seen = live.find_path({"status", "observedGeneration"});
    return seen != nullptr && *seen == *live.find_path({"metadata", "generation"}) &&
           condition("Ready", name).string_at({"status"}) == "True";
  })) << name
      << " never became ready: " << status_of(name);
}

std::string FieldCase::message_for(const std::string& reason, const std::string& name) const {
  EXPECT_TRUE(eventually([&] {
    const auto live = delivery(name);
    const auto* seen = live.find_path({"status", "observedGeneration"});
    return seen != nullptr && *seen == *live.find_path({"metadata", "generation"}) &&
           condition("Ready", name).string_at({"reason"}) == reason;
  })) << name
      << " is never " << reason << ": " << status_of(name);
  return std::string(condition("Ready", name).string_at({"message"}));
}

void FieldCase::expect_message(const std::string& text, const std::string& name) const {
  EXPECT_TRUE(eventually([&] {
    return condition("Ready", name).string_at({"message"}).find(text) != std::string_view::npos;
  })) << name
      << " never says \"" << text << "\": " << status_of(name);
}

void FieldCase::expect_value(const std::string& config_map, const std::string& value) const {
  EXPECT_TRUE(eventually([&] { return value_of(config_map) == value; }))
      << config_map << " never has " << value << ": " << dump_json(config_map_at(config_map));
}

void FieldCase::expect_gone(const std::string& path) const {
  EXPECT_TRUE(eventually([&] { return get(path).is_null(); })) << dump_json(get(path));
}

std::string FieldCase::bare_map(const std::string& name, const std::string& value,
                                const std::string& metadata) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name +
         (metadata.empty() ? "" : ", " + metadata) + "}\ndata: {value: \"" + value + "\"}\n";
}

std::string FieldCase::jobs(const std::string& name) const {
  return "/apis/batch/v1/namespaces/" + name_ + "/jobs/" + name;
}

std::string FieldCase::hanging(const std::string& name) const {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name +
         "}\nspec:\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name +
         "}, annotations: {sealift.test/hang: \"true\"}}\n    spec: {containers: [{name: web, "
         "image: 'example.com/web:1'}]}\n";
}

std::vector<std::string> FieldCase::requests_without_watches() const {
  std::vector<std::string> lines;
  for (const auto& request :
       shared_puller(cluster_, program("sealift-puller")).proxy().requests()) {
    if (!request.is_watch()) lines.push_back(request.line());
  }
  return lines;
}

int FieldCase::unchanged_runs() const {
  const auto log = shared_puller(cluster_, program("sealift-puller")).process().err();
  const auto port = log.find("port=");
  if (port == std::string::npos) return 0;
  HttpRequest request;
  request.url =
      "http://127.0.0.1:" + log.substr(port + 5, log.find('\n', port) - port - 5) + "/metrics";
  const auto answer = send_for_bytes(cluster_.transport(), request, {});
  if (!answer) return 0;
  constexpr std::string_view kCount = "\nsealift_runs_total{outcome=\"unchanged\"} ";
  const auto at = answer->body.find(kCount);
  return at == std::string::npos ? 0 : std::atoi(answer->body.c_str() + at + kCount.size());
}

std::size_t FieldCase::writes_to(const std::string& path) const {
  return shared_puller(cluster_, program("sealift-puller"))
      .proxy()
      .count([&](const test::ProxiedRequest& request) {
        return request.path == path && request.is_write();
      });
}

}  // namespace sealift::e2e
