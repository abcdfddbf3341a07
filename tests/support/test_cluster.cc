#include "support/test_cluster.h"

#include <sealift/base/clock.h>
#include <sealift/base/random.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sealift::test {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "test cluster: %s\n", what.c_str());
  std::abort();
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string parts_bin() {
  if (auto bin = environment("SEALIFT_PARTS"); !bin.empty()) return bin;
  if (auto directory = environment("SEALIFT_PARTS_DIR"); !directory.empty()) {
    return directory + "/bin";
  }
  return std::string(SEALIFT_SOURCE_DIR) + "/build/parts/bin";
}

}  // namespace

TestCluster& TestCluster::shared(Nodes nodes) {
  static TestCluster cluster(nodes);
  return cluster;
}

TestCluster::TestCluster(Nodes nodes) : transport_(make_curl_transport("sealift-tests")) {
  std::vector<std::string> arguments{"start", folder(), "--owner", std::to_string(::getpid())};
  if (nodes == Nodes::kFake) arguments.emplace_back("--kwok");
  run_fixture(std::move(arguments));
}

TestCluster::~TestCluster() {
  transport_.reset();
  run_fixture({"stop", folder()});
}

void TestCluster::run_fixture(std::vector<std::string> arguments) const {
  const auto what = arguments.front();
  arguments.insert(arguments.begin(), std::string(SEALIFT_SOURCE_DIR) + "/tests/cluster/cluster");
  const auto done = run_process(arguments);
  if (done.exit_code != 0) give_up(what + ":\n" + done.out + done.err);
}

std::string TestCluster::environment_value(std::string_view name) const {
  const auto text = directory_.read("cluster/env");
  const auto mark = std::string(name) + "='";
  const auto from = text.find(mark);
  if (from == std::string::npos) give_up("no " + mark + " in the fixture's env");
  return text.substr(from + mark.size(), text.find('\'', from + mark.size()) - from - mark.size());
}

kube::ClusterAccess TestCluster::access() const {
  auto access = kube::load_kubeconfig(system_files(), kubeconfig(), "");
  if (!access) give_up(access.error().message());
  return *std::move(access);
}

kube::ClusterAccess TestCluster::user_access() const {
  auto as_user = access();
  as_user.bearer_token = environment_value("SEALIFT_CLUSTER_USER_TOKEN");
  as_user.description = "the user without permissions";
  return as_user;
}

kube::ApiClient TestCluster::client(kube::ClusterAccess as) {
  return kube::ApiClient(std::move(as),
                         {*transport_, system_files(), system_clock(), system_random()});
}

std::string TestCluster::make_namespace() {
  auto name = "case-" + std::to_string(++namespaces_);
  const auto made = kubectl({"create", "namespace", name});
  if (made.exit_code != 0) give_up(made.err);
  return name;
}

ProcessResult TestCluster::kubectl(std::vector<std::string> arguments,
                                   std::string standard_input) const {
  arguments.insert(arguments.begin(), {parts_bin() + "/kubectl", "--kubeconfig", kubeconfig()});
  ProcessOptions options;
  options.standard_input = std::move(standard_input);
  return run_process(arguments, std::move(options));
}

void TestCluster::kubectl_apply(std::string_view yaml, std::string_view manager) const {
  const auto applied = kubectl({"apply", "--server-side", "--force-conflicts", "--field-manager",
                                std::string(manager), "--filename", "-"},
                               std::string(yaml));
  if (applied.exit_code != 0) give_up(applied.err);
}

void TestCluster::stop_api_server() { run_fixture({"stop-apiserver", folder()}); }

void TestCluster::start_api_server() { run_fixture({"start-apiserver", folder()}); }

void TestCluster::end_api_server() { run_fixture({"end-apiserver", folder()}); }

void TestCluster::compact() { run_fixture({"compact", folder()}); }

}  // namespace sealift::test
