#include "cli_fixture.h"

#include <utility>

namespace sealift::test {

CliTest::CliTest() {
  git_.write("deploy/prod/settings.yaml", kConfigMap);
  git_.commit("Add the settings");
}

ProcessResult CliTest::sealift(std::vector<std::string> arguments, ProcessOptions options) const {
  arguments.insert(arguments.begin(), SEALIFT_PROGRAM);
  options.directory = directory();
  bool has_password = false;
  for (const auto& [name, value] : options.environment) {
    has_password = has_password || name == "SEALIFT_PASSWORD";
  }
  if (!has_password) options.environment.emplace_back("SEALIFT_PASSWORD", "pw");
  options.environment.emplace_back("HOME", directory());
  options.environment.emplace_back("COSIGN_PASSWORD", std::nullopt);
  for (const char* name :
       {"DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}) {
    options.environment.emplace_back(name, std::nullopt);
  }
  return run_process(arguments, std::move(options));
}

std::string CliTest::succeed(std::vector<std::string> arguments, ProcessOptions options) const {
  const auto result = sealift(std::move(arguments), std::move(options));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  return result.out;
}

Json CliTest::succeed_json(std::vector<std::string> arguments, ProcessOptions options) const {
  arguments.emplace_back("--json");
  const auto document = parse_json(succeed(std::move(arguments), std::move(options)), "the output");
  EXPECT_OK(document);
  return document ? *document : Json();
}

ProcessResult CliTest::without_network(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"unshare", "--map-root-user", "--net", SEALIFT_PROGRAM});
  return run(std::move(arguments));
}

ProcessResult CliTest::run(std::vector<std::string> arguments) const {
  ProcessOptions options;
  options.directory = directory();
  options.environment = {{"HOME", directory()}, {"COSIGN_PASSWORD", "pw"}};
  return run_process(arguments, std::move(options));
}

std::string CliTest::run_well(std::vector<std::string> arguments) const {
  const auto result = run(std::move(arguments));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  return result.out;
}

void CliTest::make_key(const std::string& name) const {
  succeed({"key", "generate", "--output-key-prefix", name});
}

std::string CliTest::key_policy(const std::string& name) const {
  return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\n"
         "spec:\n  repositories: ['**']\n  signatures:\n    threshold: 1\n    keys:\n"
         "    - {name: " +
         name + ", publicKey: " + dump_json(Json(files().read(name + ".pub"))) + "}\n";
}

std::string CliTest::push(const std::string& reference, std::vector<std::string> more) const {
  std::vector<std::string> arguments = {"push",      reference, "--from",
                                        git_.path(), "--path",  "deploy/prod"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return std::string(succeed_json(std::move(arguments)).string_at({"digest"}));
}

void PrintTo(const ProcessResult& result, std::ostream* out) {
  *out << "exit code " << result.exit_code << "\n" << result.out << result.err;
}

ProcessOptions with_environment(Environment environment) {
  ProcessOptions options;
  options.environment = std::move(environment);
  return options;
}

ProcessOptions with_input(std::string standard_input) {
  ProcessOptions options;
  options.standard_input = std::move(standard_input);
  return options;
}

testing::Matcher<const ProcessResult&> ends_with(int exit_code, const std::string& message) {
  return testing::AllOf(
      testing::Field("exit_code", &ProcessResult::exit_code, exit_code),
      testing::Field("err", &ProcessResult::err,
                     testing::AllOf(testing::HasSubstr("sealift: "), testing::HasSubstr(message))));
}

}  // namespace sealift::test
