#include "support/test_cluster.h"

#include <sealift/base/clock.h>
#include <sealift/base/random.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
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

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

TestCluster::Output run_command(const std::string& command) {
  TestCluster::Output output;
  FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "re");
  if (!pipe) give_up("cannot start a shell");
  std::array<char, 4096> piece{};
  while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) {
    output.text.append(piece.data(), count);
  }
  const int status = ::pclose(pipe);
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return output;
}

TestCluster& TestCluster::shared(Nodes nodes) {
  static TestCluster cluster(nodes);
  return cluster;
}

TestCluster::TestCluster(Nodes nodes) : transport_(make_curl_transport("sealift-tests")) {
  run_fixture("start " + shell_quoted(directory_.file("cluster")) + " --owner " +
              std::to_string(::getpid()) + (nodes == Nodes::kFake ? " --kwok" : ""));
}

TestCluster::~TestCluster() {
  transport_.reset();
  run_fixture("stop " + shell_quoted(directory_.file("cluster")));
}

void TestCluster::run_fixture(const std::string& arguments) const {
  const auto output =
      run_command(std::string(SEALIFT_SOURCE_DIR) + "/tests/cluster/cluster " + arguments);
  if (output.status != 0) give_up(arguments + ":\n" + output.text);
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
  const auto name = "case-" + std::to_string(++namespaces_);
  const auto made = kubectl("create namespace " + name);
  if (made.status != 0) give_up(made.text);
  return name;
}

TestCluster::Output TestCluster::kubectl(std::string_view arguments,
                                         std::string_view standard_input) const {
  return run_command("printf %s " + shell_quoted(standard_input) + " | " + parts_bin() +
                     "/kubectl --kubeconfig " + shell_quoted(kubeconfig()) + " " +
                     std::string(arguments));
}

void TestCluster::kubectl_apply(std::string_view yaml, std::string_view manager) const {
  const auto applied = kubectl("apply --server-side --force-conflicts --field-manager " +
                                   shell_quoted(manager) + " --filename -",
                               yaml);
  if (applied.status != 0) give_up(applied.text);
}

void TestCluster::stop_api_server() {
  run_fixture("stop-apiserver " + shell_quoted(directory_.file("cluster")));
}

void TestCluster::start_api_server() {
  run_fixture("start-apiserver " + shell_quoted(directory_.file("cluster")));
}

}  // namespace sealift::test
