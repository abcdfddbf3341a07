#include "artifact_objects.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::artifacts {
namespace {

using sealift::test::config_map;
using sealift::test::fails_with;
using test::files_of;

Result<ParsedArtifact> parse(const std::vector<std::string>& texts,
                             const ArtifactLimits& limits = {}) {
  return parse_artifact_objects(files_of(texts), "", limits);
}

TEST(ArtifactObjects, KeepTheOrderOfFilesAndDocuments) {
  ASSERT_OK_ASSIGN(const auto parsed,
                   parse({config_map("b") + "---\n" + config_map("a"), config_map("c")}));
  ASSERT_EQ(parsed.objects.size(), 3u);
  EXPECT_EQ(parsed.objects[0].source(), "f0.yaml:1:1");
  EXPECT_EQ(parsed.objects[1].name(), "a");
  EXPECT_EQ(parsed.objects[2].source(), "f1.yaml:1:1");
}

TEST(ArtifactObjects, MustBeSome) {
  EXPECT_THAT(parse({}), fails_with(ErrorCode::kInvalidInput, "the artifact holds no objects; an"));
  EXPECT_THAT(parse({"# a comment alone\n"}), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(parse_artifact_objects({}, "prod"),
              fails_with(ErrorCode::kInvalidInput, "no objects below the path prod;"));
}

TEST(ArtifactObjects, AreLimitedInNumber) {
  const ArtifactLimits limits{.max_objects = 3};
  EXPECT_OK(parse({config_map("a"), config_map("b"), config_map("c")}, limits));
  EXPECT_THAT(parse({config_map("a") + "---\n" + config_map("b"), config_map("c"), config_map("d")},
                    limits),
              fails_with(ErrorCode::kInvalidInput, "more than 3 objects; split it"));
}

TEST(ArtifactObjects, AreAtMostFiftyThousand) {
  std::string list = "apiVersion: v1\nkind: List\nitems:\n";
  for (int i = 0; i < 10'000; ++i) {
    list += "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c" + std::to_string(i) + "}}\n";
  }
  EXPECT_THAT(
      parse(std::vector<std::string>(6, list)),
      fails_with(ErrorCode::kInvalidInput, "the artifact holds more than 50000 objects; split it"));
}

TEST(ArtifactObjects, MayHaveNamesThatAreVariables) {
  ASSERT_OK_ASSIGN(const auto parsed, parse({config_map("\"${APP}\"")}));
  EXPECT_TRUE(parsed.objects.at(0).has_placeholders());
}

TEST(ArtifactObjects, AreLimitedInMemoryOverAllFiles) {
  ASSERT_OK_ASSIGN(const auto two, parse({config_map("a"), config_map("b")}));
  const ArtifactLimits limits{.max_object_bytes = two.estimated_bytes};
  EXPECT_OK(parse({config_map("a"), config_map("b")}, limits));
  EXPECT_THAT(
      parse({config_map("a"), config_map("b"), config_map("c")}, limits),
      fails_with(ErrorCode::kInvalidInput, "take more than " + std::to_string(two.estimated_bytes) +
                                               " bytes of memory when they are parsed; split"));
}

// What stands in memory for a text, beyond the object that holds it.
TEST(ArtifactObjects, AreWeighedByWhatTheyHold) {
  const auto weigh = [](const std::string& member) {
    return parse({config_map("a") + "x: " + member + "\n"}).value().estimated_bytes;
  };
  const auto base = weigh("1");
  EXPECT_GE(weigh(std::string(100'000, 'x')) - base, 100'000u);
  std::string list = "[";
  for (int i = 0; i < 10'000; ++i) list += "1,";
  EXPECT_GE(weigh(list + "]") - base, 10'000 * sizeof(Json));
  std::string map = "{";
  for (int i = 0; i < 10'000; ++i) map += "k" + std::to_string(i) + ": 1,";
  EXPECT_GE(weigh(map + "}") - base, 10'000 * sizeof(Json::Member));
  std::string aliases = "[&a " + list + "]";
  for (int i = 0; i < 9; ++i) aliases += ",*a";
  EXPECT_GE(weigh(aliases + "]") - base, 100'000 * sizeof(Json)) << "what aliases expand to counts";
}

}  // namespace
}  // namespace sealift::artifacts
