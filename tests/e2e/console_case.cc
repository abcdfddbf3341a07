#include "console_case.h"

#include <cstdlib>

#include "support/result_matchers.h"

namespace sealift::e2e {

using test::ProcessResult;

void ConsoleCase::SetUp() {
  const auto definitions = std::string(SEALIFT_SOURCE_DIR) + "/packaging/crds";
  const auto applied =
      cluster_.kubectl({"apply", "--server-side", "--force-conflicts", "--filename", definitions});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  const auto ready = cluster_.kubectl(
      {"wait", "--for=condition=Established", "--timeout=60s", "--filename", definitions});
  ASSERT_EQ(ready.exit_code, 0) << ready.err;
  const auto made = cluster_.kubectl({"create", "namespace", name_});
  ASSERT_EQ(made.exit_code, 0) << made.err;
}

std::vector<std::string> ConsoleCase::command(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), program("sealift"));
  arguments.insert(arguments.end(), {"--kubeconfig", cluster_.kubeconfig(), "--namespace", name_});
  return arguments;
}

ProcessResult ConsoleCase::console(std::vector<std::string> arguments) const {
  return test::run_process(command(std::move(arguments)));
}

std::string ConsoleCase::shown(std::vector<std::string> arguments) const {
  const auto done = console(std::move(arguments));
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  return done.out;
}

Json ConsoleCase::shown_json(std::vector<std::string> arguments) const {
  arguments.emplace_back("--json");
  auto parsed = parse_json(shown(std::move(arguments)), "the output");
  EXPECT_OK(parsed);
  return parsed ? *std::move(parsed) : Json();
}

void ConsoleCase::make_delivery(const std::string& name, const std::string& more_metadata) {
  apply("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata:\n  name: " + name +
        "\n  namespace: " + name_ + "\n" + more_metadata +
        "spec:\n  artifact: {url: oci://registry.example.com/shop/" + name + ", tag: prod}\n");
}

void ConsoleCase::patch_delivery(const std::string& name, const std::string& json) {
  kubectl({"patch", "delivery", name, "--type=merge", "--patch", json});
}

void ConsoleCase::patch_status(const std::string& name, const std::string& json) {
  kubectl({"patch", "delivery", name, "--subresource=status", "--type=merge", "--patch", json});
}

Json ConsoleCase::delivery(const std::string& name) const {
  return get("/apis/sealift.dev/v1alpha1/namespaces/" + name_ + "/deliveries/" + name);
}

std::string ConsoleCase::annotation(const std::string& name, std::string_view key) const {
  return std::string(delivery(name).string_at({"metadata", "annotations", key}));
}

std::string ConsoleCase::ready(std::string_view status, std::string_view reason,
                               std::string_view message) {
  return R"("conditions": [{"type": "Ready", "status": ")" + std::string(status) +
         R"(", "reason": ")" + std::string(reason) + R"(", "message": ")" + std::string(message) +
         R"(", "lastTransitionTime": "2026-11-22T08:00:00Z"}])";
}

}  // namespace sealift::e2e
