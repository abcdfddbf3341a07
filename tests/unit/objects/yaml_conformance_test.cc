#include <sealift/base/json.h>
#include <sealift/objects/yaml.h>

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace sealift::objects {
namespace {

// tests/data/yaml/kubectl.json holds, for each snippet of YAML, what the real kubectl makes of it;
// the contract test of the same name asks kubectl again. A case with "differs" is one that we
// refuse on purpose, with the reason.
Json cases() {
  std::ifstream file(SEALIFT_TEST_DATA "/yaml/kubectl.json");
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = parse_json(text.str(), "kubectl.json");
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message();
  return parsed.value_or(Json());
}

std::string document_with(std::string_view members) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n" + std::string(members);
}

Json without_header(Json object) {
  for (const auto* name : {"apiVersion", "kind", "metadata"}) object.erase(name);
  return object;
}

TEST(YamlConformance, ReadsEachSnippetAsKubectlDoes) {
  const Json all = cases();
  ASSERT_TRUE(all.is_array());
  ASSERT_GT(all.as_array()->size(), 300u);
  for (const Json& snippet : *all.as_array()) {
    const std::string_view yaml = snippet.string_at({"yaml"});
    SCOPED_TRACE(yaml);
    const auto read = parse_yaml(document_with(yaml), "snippet.yaml");
    if (snippet.find("differs") != nullptr || snippet.find("refused") != nullptr) {
      EXPECT_FALSE(read.has_value()) << "read as " << dump_json(read->at(0).value);
      continue;
    }
    ASSERT_TRUE(read.has_value()) << read.error().message();
    ASSERT_EQ(read->size(), 1u);
    const Json ours = without_header(read->at(0).value);
    EXPECT_EQ(ours, *snippet.find("kubectl"))
        << dump_json(ours) << " and not " << dump_json(*snippet.find("kubectl"));
  }
}

}  // namespace
}  // namespace sealift::objects
