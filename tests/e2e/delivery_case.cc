#include "delivery_case.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <thread>
#include <utility>

#include "support/result_matchers.h"

namespace sealift::e2e {
namespace {

using test::ProcessResult;
using test::run_process;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// One key pair for the whole program.
const test::TempDirectory& keys() {
  static const test::TempDirectory directory;
  return directory;
}

// The artifact, or the puller, brings the namespace of this name.
std::string fresh_name() {
  static int count = 0;
  return "app-" + std::to_string(++count);
}

// Kinds whose status a controller writes: what is compared of them is the rest.
bool has_busy_status(const Json& object) {
  const auto kind = object.string_at({"kind"});
  return kind == "Deployment" || kind == "PodDisruptionBudget";
}

Json without_status(Json object) {
  Json rest = Json::object();
  for (const auto& [name, value] : *object.as_object()) {
    if (name == "status") continue;
    if (name != "metadata") {
      rest.set(name, value);
      continue;
    }
    Json metadata = Json::object();
    for (const auto& [field, content] : *value.as_object()) {
      if (field != "resourceVersion" && field != "managedFields") metadata.set(field, content);
    }
    rest.set(name, std::move(metadata));
  }
  return rest;
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

int PullerRun::count(std::string_view name) const {
  const auto* value = outcome.find(name);
  return value == nullptr ? -1 : static_cast<int>(value->as_int64().value_or(-1));
}

std::ostream& operator<<(std::ostream& out, const PullerRun& run) {
  return out << "exit code " << run.exit_code << "\n" << dump_json(run.outcome) << "\n" << run.log;
}

DeliveryCase::DeliveryCase()
    : name_(fresh_name()),
      proxy_(cluster_.access().server_url, cluster_.access().server),
      repository_("oci-layout:" + directory_.file("layout")) {
  git({"init", "--quiet"});
  directory_.write("kubeconfig", proxy_.kubeconfig(cluster_.access().bearer_token));
}

void DeliveryCase::git(std::vector<std::string> arguments) {
  std::filesystem::create_directories(directory_.file("git"));
  arguments.insert(arguments.begin(),
                   {"git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c",
                    "commit.gpgsign=false", "-C", directory_.file("git")});
  const auto done = run_process(arguments);
  ASSERT_EQ(done.exit_code, 0) << done.err;
}

void DeliveryCase::put(const std::string& file, const std::string& yaml) {
  directory_.write(source_file(file), yaml);
}

void DeliveryCase::drop(const std::string& file) {
  ASSERT_TRUE(std::filesystem::remove(directory_.file(source_file(file)))) << file;
}

void DeliveryCase::change(const std::string& file, std::string_view from, std::string_view to) {
  const auto text = directory_.read(source_file(file));
  ASSERT_NE(text.find(from), std::string::npos) << file << " has no " << from;
  put(file, replaced(text, from, to));
}

void DeliveryCase::put_shop() {
  const auto folder = std::string(SEALIFT_SOURCE_DIR) + "/examples/shop/deploy/prod";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    auto text = replaced(read(entry.path()), "shop.example.com", name_ + ".example.com");
    text = replaced(std::move(text), "namespace: shop", "namespace: " + name_);
    if (entry.path().filename() == "namespace.yaml") {
      text = replaced(std::move(text), "name: shop\n", "name: " + name_ + "\n");
    }
    put(entry.path().filename(), text);
  }
}

void DeliveryCase::put_small() {
  put("namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name_ + "}\n");
  for (const auto* name : {"a", "b", "c"}) {
    put(std::string(name) + ".yaml", config_map(name, "1"));
  }
}

void DeliveryCase::put_promotion() {
  put_shop();
  for (const auto* file : {"config.yaml", "ingress.yaml", "web.yaml"}) drop(file);
}

std::string DeliveryCase::promotion_path() const {
  return "/apis/" + name_ + ".example.com/v1/namespaces/" + name_ + "/promotions/winter-sale";
}

void DeliveryCase::start_over() {
  name_ = fresh_name();
  sequence_ = 0;
  for (const auto* part : {"git/deploy", "layout", "state"}) {
    std::filesystem::remove_all(directory_.file(part));
  }
}

std::string DeliveryCase::config_map(const std::string& name, const std::string& value) const {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: " + name_ +
         "}\ndata: {value: \"" + value + "\"}\n";
}

void DeliveryCase::publish_as(int sequence, const std::vector<std::string>& arguments) {
  auto with_json = arguments;
  with_json.emplace_back("--json");
  const auto pushed = try_publish(sequence, with_json);
  ASSERT_EQ(pushed.exit_code, 0) << pushed.out << pushed.err;
  const auto told = parse_json(pushed.out, "what was pushed");
  ASSERT_TRUE(told) << pushed.out;
  digest_ = told->string_at({"digest"});
}

ProcessResult DeliveryCase::try_publish(int sequence, const std::vector<std::string>& arguments) {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "--message", "Change"});
  std::vector<std::string> push{program("sealift"),
                                "push",
                                repository_ + ":" + tag_,
                                "--from",
                                directory_.file("git"),
                                "--path",
                                "deploy",
                                "--sequence",
                                std::to_string(sequence)};
  if (repository_.starts_with("oci://")) {
    push.insert(push.end(), registry_flags_.begin(), registry_flags_.end());
  }
  push.insert(push.end(), arguments.begin(), arguments.end());
  return run_process(push);
}

void DeliveryCase::write_configuration() {
  const bool insecure = repository_.starts_with("oci://");
  directory_.write("config/delivery.yaml",
                   "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: shop, "
                   "namespace: " +
                       name_ + "}\nspec:\n  artifact: {url: \"" + repository_ + "\", tag: prod" +
                       (insecure ? ", insecure: true" : "") +
                       "}\n  interval: 1s\n  retryInterval: 200ms\n" + more_spec_);
  auto policies = policies_;
  if (policies.empty()) {
    const auto name = insecure ? repository_.substr(6) : repository_;
    policies =
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\n"
        "spec:\n  repositories: [\"" +
        name +
        "\"]\n  signatures:\n    keys:\n"
        "      - name: release\n        publicKey: |\n          " +
        replaced(public_key(), "\n", "\n          ") + "\n";
  }
  directory_.write("config/policy.yaml", policies);
}

std::vector<std::string> DeliveryCase::puller_arguments() const {
  return {program("sealift-puller"),     "--config", directory_.file("config"), "--kubeconfig",
          directory_.file("kubeconfig"), "--state",  directory_.file(state_)};
}

PullerRun DeliveryCase::finished(ProcessResult result) const {
  PullerRun run{result.exit_code, {}, result.err};
  auto outcomes = parse_json(result.out, "the outcomes");
  if (outcomes && outcomes->as_array() && outcomes->as_array()->size() == 1) {
    run.outcome = outcomes->as_array()->front();
  }
  return run;
}

PullerRun DeliveryCase::deliver() {
  write_configuration();
  auto arguments = puller_arguments();
  arguments.insert(arguments.end(), {"--once", "--json"});
  return finished(run_process(arguments));
}

Json DeliveryCase::get(std::string_view path) const {
  auto found = cluster_.client().get(path, {}, {});
  if (found) return *std::move(found);
  EXPECT_EQ(found.error().code(), ErrorCode::kNotFound) << found.error().message();
  return {};
}

std::string DeliveryCase::core(const std::string& rest) const {
  return "/api/v1/namespaces/" + name_ + "/" + rest;
}

std::string DeliveryCase::apps(const std::string& rest) const {
  return "/apis/apps/v1/namespaces/" + name_ + "/" + rest;
}

Json DeliveryCase::config_map_at(const std::string& name) const {
  return get(core("configmaps/" + name));
}

std::string DeliveryCase::value_of(const std::string& name) const {
  return std::string(config_map_at(name).string_at({"data", "value"}));
}

std::string DeliveryCase::kubectl(std::vector<std::string> arguments, std::string standard_input) {
  arguments.insert(arguments.begin(), {"--namespace", name_});
  const auto done = cluster_.kubectl(arguments, std::move(standard_input));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return done.out;
}

std::map<std::string, std::string> DeliveryCase::snapshot() const {
  const auto group = "/apis/" + name_ + ".example.com/v1/namespaces/" + name_;
  std::map<std::string, std::string> all;
  for (const auto& collection :
       {core("configmaps"), core("services"), core("serviceaccounts"), apps("deployments"),
        "/apis/policy/v1/namespaces/" + name_ + "/poddisruptionbudgets",
        "/apis/networking.k8s.io/v1/namespaces/" + name_ + "/ingresses", group + "/promotions"}) {
    const auto list = get(collection);
    if (list.is_null()) continue;
    const auto kind = std::string(list.string_at({"kind"}));
    for (auto object : *list.find("items")->as_array()) {
      object.set("kind", kind.substr(0, kind.size() - 4));
      const auto path = collection + "/" + std::string(object.string_at({"metadata", "name"}));
      all[path] = dump_json(has_busy_status(object) ? without_status(object) : object);
    }
  }
  for (const auto& path : {"/api/v1/namespaces/" + name_,
                           "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/promotions." +
                               name_ + ".example.com"}) {
    all[path] = dump_json(get(path));
  }
  return all;
}

std::vector<std::string> DeliveryCase::application_writes() const {
  auto writes = proxy_.writes();
  std::erase(writes, "PATCH " + inventory_path());
  return writes;
}

std::vector<std::string> DeliveryCase::inventory_writes() const {
  auto writes = proxy_.writes();
  std::erase_if(writes, [&](const auto& line) { return line != "PATCH " + inventory_path(); });
  return writes;
}

std::string DeliveryCase::inventory(std::string_view annotation) const {
  return std::string(get(inventory_path()).string_at({"metadata", "annotations", annotation}));
}

std::vector<Json> DeliveryCase::decisions() {
  const auto path = directory_.file(state_ + "/decisions.jsonl");
  const auto checked = run_process({program("sealift-puller"), "--check-record", path});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  std::vector<Json> all;
  std::istringstream lines(directory_.read(state_ + "/decisions.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    auto record = parse_json(line, path);
    if (record) all.push_back(*std::move(record));
  }
  return all;
}

std::vector<std::string> DeliveryCase::events() {
  std::vector<std::string> events;
  for (const auto& record : decisions()) {
    events.emplace_back(record.string_at({"event"}));
  }
  return events;
}

std::string DeliveryCase::key_file() {
  static const std::string path = [] {
    const auto prefix = keys().file("release");
    const auto made = run_process(
        {program("sealift"), "key", "generate", "--no-password", "--output-key-prefix", prefix});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return prefix + ".key";
  }();
  return path;
}

std::string DeliveryCase::public_key() {
  key_file();
  return keys().read("release.pub");
}

std::string DeliveryCase::program(const std::string& name) {
  const char* folder = std::getenv("SEALIFT_BIN");
  return (folder ? std::string(folder) : std::string(SEALIFT_DEFAULT_BIN)) + "/" + name;
}

}  // namespace sealift::e2e
