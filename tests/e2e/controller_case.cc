#include "controller_case.h"

#include <csignal>

#include <utility>

#include "key_block.h"
#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

constexpr const char* kSystem = "sealift-system";
constexpr const char* kPuller = "sealift-system:sealift-puller";

void must(const test::ProcessResult& done) { ASSERT_EQ(done.exit_code, 0) << done.out << done.err; }

// What `sealift install` grants to the puller's account; its token.
std::string install_account(test::TestCluster& cluster) {
  const auto folder = std::string(SEALIFT_SOURCE_DIR) + "/packaging/install/";
  must(cluster.kubectl({"apply", "--server-side", "-f", folder + "namespace.yaml", "-f",
                        folder + "puller-roles.yaml"}));
  must(cluster.kubectl({"-n", kSystem, "create", "serviceaccount", "sealift-puller"}));
  for (const auto* role : {"deliveries", "policies", "watch"}) {
    const auto name = std::string("sealift-puller-") + role;
    must(cluster.kubectl({"create", "clusterrolebinding", name, "--clusterrole=" + name,
                          std::string("--serviceaccount=") + kPuller}));
  }
  must(cluster.kubectl({"-n", kSystem, "create", "rolebinding", "sealift-puller-leader",
                        "--role=sealift-puller-leader",
                        std::string("--serviceaccount=") + kPuller}));
  const auto made = cluster.kubectl({"-n", kSystem, "create", "token", "sealift-puller"});
  must(made);
  return made.out.substr(0, made.out.find('\n'));
}

// As policies name it.
std::string without_scheme(const std::string& repository) {
  constexpr std::string_view kScheme = "oci://";
  return repository.starts_with(kScheme) ? repository.substr(kScheme.size()) : repository;
}

}  // namespace

void ControllerCase::SetUp() {
  ConsoleCase::SetUp();
  directory_.write("kubeconfig", proxy_.kubeconfig(installed_token()));
  make_deployer();
  put("a.yaml", config_map("a", "1"));
  put("b.yaml", config_map("b", "1"));
}

std::string ControllerCase::installed_token() {
  static const std::string token = install_account(cluster_);
  return token;
}

void ControllerCase::TearDown() {
  stop_puller();
  // A finalizer would keep what the next case must not see.
  const auto all = get("/apis/sealift.dev/v1alpha1/namespaces/" + name_ + "/deliveries");
  for (const auto& one : *all.find("items")->as_array()) {
    patch_delivery(std::string(one.string_at({"metadata", "name"})),
                   R"({"metadata":{"finalizers":null}})");
  }
  kubectl({"delete", "deliveries", "--all"});
  kubectl({"delete", "trustpolicies", policy_name(), "--ignore-not-found"});
}

void ControllerCase::make_deployer() {
  kubectl({"create", "serviceaccount", "deployer"});
  kubectl({"create", "role", "deployer", "--verb=get,list,watch,create,patch,delete",
           "--resource=configmaps,deployments.apps"});
  kubectl({"create", "rolebinding", "deployer", "--role=deployer",
           "--serviceaccount=" + name_ + ":deployer"});
}

void ControllerCase::trust() {
  apply("apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + policy_name() +
        "}\nspec:\n  repositories: [\"" + without_scheme(repository_) + "\"]\n" + more_policy_ +
        "  signatures:\n    keys:\n      - name: release\n        publicKey: |\n" +
        key_block(public_key()));
}

std::unique_ptr<test::Process> ControllerCase::make_puller(
    const std::string& state, std::vector<std::string> more_arguments) const {
  std::vector<std::string> arguments{program("sealift-puller"),
                                     "--kubeconfig",
                                     directory_.file("kubeconfig"),
                                     "--state",
                                     directory_.file(state),
                                     "--listen",
                                     "127.0.0.1:0"};
  if (local_addresses_) arguments.emplace_back("--allow-local-addresses");
  arguments.insert(arguments.begin(), wrapper_.begin(), wrapper_.end());
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  return std::make_unique<test::Process>(arguments);
}

void ControllerCase::start_puller(std::vector<std::string> more_arguments) {
  puller_ = make_puller(state_, std::move(more_arguments));
}

void ControllerCase::stop_puller() {
  if (!puller_) return;
  puller_->send_signal(SIGTERM);
  const auto ended = puller_->wait();
  EXPECT_EQ(ended.signal, 0) << ended.err;

  if (HasFailure()) ADD_FAILURE() << "The puller said:\n" << ended.err;
  puller_.reset();
}

void ControllerCase::declare(const std::string& name, const std::string& spec,
                             const std::string& metadata) {
  apply(delivery_yaml(name, spec, metadata));
}

std::string ControllerCase::delivery_yaml(const std::string& name, const std::string& spec,
                                          const std::string& metadata) const {
  const std::string plain = repository_.starts_with("oci://") ? ", insecure: true" : "";
  const auto artifact = artifact_.empty() ? "tag: prod" + plain : artifact_;
  return "---\napiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata:\n  name: " + name +
         "\n  namespace: " + name_ + "\n" + metadata + "spec:\n  artifact: {url: \"" + repository_ +
         "\", " + artifact + "}\n  interval: 1s\n  retryInterval: 200ms\n" + spec;
}

void ControllerCase::wait_for(const std::string& what, const std::string& name) {
  const auto done = cluster_.kubectl(
      {"--namespace", name_, "wait", "--for=" + what, "--timeout=60s", "delivery/" + name});
  EXPECT_EQ(done.exit_code, 0) << done.err << dump_json(delivery(name));
}

Json ControllerCase::condition(const std::string& type, const std::string& name) const {
  const auto live = delivery(name);
  const auto* conditions = live.find_path({"status", "conditions"});
  if (conditions == nullptr) return {};
  for (const auto& candidate : *conditions->as_array()) {
    if (candidate.string_at({"type"}) == type) return candidate;
  }
  return {};
}

std::string ControllerCase::message_for(const std::string& reason, const std::string& name) {
  const bool told = eventually([&] {
    const auto live = delivery(name);
    const auto* seen = live.find_path({"status", "observedGeneration"});
    const auto* now = live.find_path({"metadata", "generation"});
    return seen != nullptr && now != nullptr && seen->as_int64() == now->as_int64() &&
           condition("Ready", name).string_at({"reason"}) == reason;
  });
  EXPECT_TRUE(told) << "never " << reason << ": " << dump_json(delivery(name));
  return std::string(condition("Ready", name).string_at({"message"}));
}

std::string ControllerCase::warnings(const std::string& name) {
  return kubectl({"get", "events.events.k8s.io", "--field-selector", "type=Warning", "-o",
                  "jsonpath={range .items[?(@.regarding.name==\"" + name +
                      "\")]}{.reason}: {.note}{\"\\n\"}{end}"});
}

void ControllerCase::expect_value(const std::string& config_map, const std::string& value) {
  EXPECT_TRUE(eventually([&] { return value_of(config_map) == value; }))
      << config_map << " is " << dump_json(config_map_at(config_map)) << "\n"
      << dump_json(delivery("shop"));
}

void ControllerCase::expect_gone(const std::string& path) {
  EXPECT_TRUE(eventually([&] { return get(path).is_null(); })) << path;
}

}  // namespace sealift::e2e
