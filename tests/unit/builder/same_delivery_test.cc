// Whether what is published can stay.
#include <sealift/builder/same_delivery.h>

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include "memory_tree.h"

namespace sealift::builder {
namespace {

using sealift::test::example_commit;

Artifact make(const std::string& content, const Commit& commit,
              const ArtifactOptions& options = {}) {
  const BuildEnvironment environment{system_files(), system_random(), "/tmp", ""};
  auto tree = std::make_shared<sealift::test::MemoryTree>(
      std::map<std::string, std::string>{{"a.yaml", sealift::test::config_map(content)}});
  auto rendered = render(tree, environment, {}).value();
  return make_artifact(pack(rendered, environment).value(), commit, rendered.renderer, options)
      .value();
}

oci::Manifest published(const Artifact& artifact) {
  return oci::parse_manifest(artifact.manifest_bytes, artifact.manifest.media_type).value();
}

TEST(SameDelivery, IsTheSameContentOfAnotherCommit) {
  auto later = example_commit();
  later.id = std::string(40, 'b');
  later.time += std::chrono::seconds(60);
  EXPECT_TRUE(is_same_delivery(published(make("a", example_commit())), make("a", later)));
  EXPECT_FALSE(is_same_delivery(published(make("a", example_commit())), make("b", later)));
}

TEST(SameDelivery, IsNotWhereWordsOrFormsDiffer) {
  const auto commit = example_commit();
  const auto plain = published(make("a", commit));
  ArtifactOptions options;
  options.annotations = {{"team", "a"}};
  EXPECT_FALSE(is_same_delivery(plain, make("a", commit, options)));
  options = {};
  options.version = "1";
  EXPECT_FALSE(is_same_delivery(plain, make("a", commit, options)));
  options = {};
  options.format = ArtifactFormat::kOci;
  EXPECT_FALSE(is_same_delivery(plain, make("a", commit, options)));
  auto other = plain;
  other.layers.push_back(other.layers.front());
  EXPECT_FALSE(is_same_delivery(other, make("a", commit)));
  other = plain;
  other.subject = other.config;
  EXPECT_FALSE(is_same_delivery(other, make("a", commit)));
}

}  // namespace
}  // namespace sealift::builder
