#include <sealift/base/json.h>
#include <sealift/objects/yaml.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/process.h"

namespace sealift::objects {
namespace {

// Holds tests/data/yaml/kubectl.json against the kubectl of tests/parts. The unit test of the same
// table holds our reader against it; a new case is written there first, and what kubectl makes of
// it is what this test prints.
std::string kubectl_path() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::string bin = SEALIFT_SOURCE_DIR "/build/parts/bin";
  if (!variable("SEALIFT_PARTS_DIR").empty()) bin = variable("SEALIFT_PARTS_DIR") + "/bin";
  if (!variable("SEALIFT_PARTS").empty()) bin = variable("SEALIFT_PARTS");
  return bin + "/kubectl";
}

// `annotate --local` prints what kubectl would send and asks no server.
test::ProcessResult kubectl(std::string yaml) {
  test::ProcessOptions options;
  options.standard_input = std::move(yaml);
  options.environment = {{"KUBECONFIG", "/dev/null"}};
  return test::run_process({kubectl_path(), "annotate", "--local", "--dry-run=client",
                            "--output=json", "--filename=-", "x=y"},
                           std::move(options));
}

Json::Array cases() {
  std::ifstream file(SEALIFT_TEST_DATA "/yaml/kubectl.json");
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = parse_json(text.str(), "kubectl.json");
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message();
  if (!parsed || !parsed->is_array()) return {};
  return *parsed->as_array();
}

std::string document_with(std::string_view members) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n" + std::string(members);
}

TEST(YamlTable, IsWhatKubectlReads) {
  std::vector<Json> accepted;
  std::string stream;
  for (const Json& snippet : cases()) {
    if (snippet.find("kubectl") == nullptr) continue;
    accepted.push_back(snippet);
    stream += document_with(snippet.string_at({"yaml"})) + "\n---\n";
  }
  ASSERT_GT(accepted.size(), 300u);
  const auto result = kubectl(stream);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto read = parse_yaml(result.out, "kubectl's output");
  ASSERT_TRUE(read.has_value()) << read.error().message();
  ASSERT_EQ(read->size(), accepted.size());
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    Json object = read->at(i).value;
    for (const auto* name : {"apiVersion", "kind", "metadata"}) object.erase(name);
    // Go's maps have no order, so of keys that become equal kubectl keeps now one, now the other.
    const Json* at_times = accepted[i].find("kubectl_at_times");
    if (at_times != nullptr && object == *at_times) continue;
    EXPECT_EQ(object, *accepted[i].find("kubectl"))
        << accepted[i].string_at({"yaml"}) << "\nis now " << dump_json(object);
  }
}

TEST(YamlTable, IsWhatKubectlRefuses) {
  std::size_t count = 0;
  for (const Json& snippet : cases()) {
    if (snippet.find("refused") == nullptr) continue;
    ++count;
    const auto result = kubectl(document_with(snippet.string_at({"yaml"})));
    EXPECT_EQ(result.exit_code, 1) << snippet.string_at({"yaml"}) << "\nis now " << result.out;
  }
  EXPECT_GT(count, 40u);
}

}  // namespace
}  // namespace sealift::objects
