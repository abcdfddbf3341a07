#include "memory_tree.h"

#include <sealift/base/json.h>
#include <sealift/builder/artifact.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::example_commit;
using ::sealift::test::fails_with;

Layer example_layer() {
  return {Digest::of("gzip"), Digest::of("tar"), Blob::from_string("gzip"), 3};
}

Result<Artifact> make(const ArtifactOptions& options, const Commit& commit = example_commit(),
                      std::string_view renderer = "") {
  return make_artifact(example_layer(), commit, renderer, options);
}

oci::Manifest manifest_of(const Artifact& artifact) {
  return oci::parse_manifest(artifact.manifest_bytes, artifact.manifest.media_type).value();
}

TEST(ArtifactTest, IsWhatFluxReads) {
  ASSERT_OK_ASSIGN(const Artifact artifact, make({}));
  EXPECT_EQ(artifact.manifest.digest, Digest::of(artifact.manifest_bytes));
  const oci::Manifest manifest = manifest_of(artifact);
  EXPECT_EQ(manifest.media_type, oci::media_type::kManifest);
  EXPECT_EQ(manifest.artifact_type, "");
  EXPECT_FALSE(manifest.subject.has_value());
  EXPECT_EQ(manifest.config.media_type, "application/vnd.cncf.flux.config.v1+json");
  EXPECT_EQ(manifest.config.digest, Digest::of(artifact.config_bytes));
  ASSERT_EQ(manifest.layers.size(), 1U);
  EXPECT_EQ(manifest.layers[0].media_type, "application/vnd.cncf.flux.content.v1.tar+gzip");
  EXPECT_EQ(manifest.layers[0].digest, Digest::of("gzip"));
  EXPECT_EQ(manifest.layers[0].size, 4U);
  const oci::Annotations expected = {
      {"dev.sealift.content.diff-id", Digest::of("tar").to_string()},
      {"dev.sealift.sequence", "1767225600"},
      {"org.opencontainers.image.created", "2026-01-01T00:00:00Z"},
      {"org.opencontainers.image.revision", "sha1:" + std::string(40, 'a')}};
  EXPECT_EQ(manifest.annotations, expected);
  ASSERT_OK_ASSIGN(const Json config, parse_json(artifact.config_bytes, "config"));
  EXPECT_EQ(config.string_at({"created"}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(dump_json(*config.find_path({"rootfs", "diff_ids"})),
            "[\"" + Digest::of("tar").to_string() + "\"]");
}

TEST(ArtifactTest, HasPlainOciTypesOnRequest) {
  ArtifactOptions options;
  options.format = ArtifactFormat::kOci;
  ASSERT_OK_ASSIGN(const Artifact artifact, make(options));
  const oci::Manifest manifest = manifest_of(artifact);
  EXPECT_EQ(manifest.config.media_type, oci::media_type::kImageConfig);
  EXPECT_EQ(manifest.layers[0].media_type, oci::media_type::kLayerTarGzip);
}

TEST(ArtifactTest, TakesTheUsersWords) {
  ArtifactOptions options;
  options.source = "https://git.example.com/shop";
  options.revision = "main@sha1:1";
  options.version = "1.2.3";
  options.sequence = 42;
  options.annotations = {{"zone", "eu"}, {"com.example.team", "shop"}};
  ASSERT_OK_ASSIGN(const Artifact artifact, make(options, example_commit(), "kustomize v5.8.2"));
  const oci::Manifest manifest = manifest_of(artifact);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"org.opencontainers.image.source", "https://git.example.com/shop"},
      {"org.opencontainers.image.revision", "main@sha1:1"},
      {"org.opencontainers.image.version", "1.2.3"},
      {"dev.sealift.sequence", "42"},
      {"dev.sealift.renderer", "kustomize v5.8.2"},
      {"zone", "eu"},
      {"com.example.team", "shop"}};
  for (const auto& [name, value] : expected) {
    EXPECT_EQ(oci::find_annotation(manifest.annotations, name), value) << name;
  }
  EXPECT_EQ(artifact.revision, "main@sha1:1");
  std::swap(options.annotations[0], options.annotations[1]);
  ASSERT_OK_ASSIGN(const Artifact other, make(options, example_commit(), "kustomize v5.8.2"));
  EXPECT_EQ(other.manifest.digest, artifact.manifest.digest);
}

TEST(ArtifactTest, NothingOfTheCloneEnters) {
  Commit clone = example_commit();
  clone.origin = "https://git.example.com/fork";
  ASSERT_OK_ASSIGN(const Artifact one, make({}));
  ASSERT_OK_ASSIGN(const Artifact two, make({}, clone));
  EXPECT_EQ(one.manifest_bytes, two.manifest_bytes);
}

TEST(ArtifactTest, SaysThatAWorkTreeWasDirty) {
  Commit commit = example_commit();
  commit.dirty = true;
  commit.name = "main";
  ASSERT_OK_ASSIGN(const Artifact artifact, make({}, commit));
  EXPECT_EQ(artifact.revision, "main@sha1:" + std::string(40, 'a') + "-dirty");
}

TEST(ArtifactTest, RefusesAnnotationsThatItWritesItself) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"org.opencontainers.image.source", "--source"},
      {"org.opencontainers.image.revision", "--revision"},
      {"org.opencontainers.image.version", "--artifact-version"},
      {"org.opencontainers.image.created", "the commit's own time"},
      {"dev.sealift.sequence", "--sequence"},
      {"dev.sealift.anything", "builder's own"}};
  for (const auto& [name, message] : cases) {
    ArtifactOptions options;
    options.annotations = {{name, "x"}};
    EXPECT_THAT(make(options), fails_with(ErrorCode::kInvalidInput, message)) << name;
  }
}

TEST(ArtifactTest, RefusesWhatNoManifestShouldHold) {
  const auto with = [](auto change) {
    ArtifactOptions options;
    change(options);
    return make(options);
  };
  EXPECT_THAT(with([](auto& options) { options.annotations = {{"a", "1"}, {"a", "2"}}; }),
              fails_with(ErrorCode::kInvalidInput, "given twice"));
  EXPECT_THAT(with([](auto& options) { options.annotations = {{"", "1"}}; }),
              fails_with(ErrorCode::kInvalidInput, "no name"));
  EXPECT_THAT(with([](auto& options) { options.annotations = {{"a", "\xFF"}}; }),
              fails_with(ErrorCode::kInvalidInput, "UTF-8"));
  EXPECT_THAT(with([](auto& options) { options.source = "\xFF"; }),
              fails_with(ErrorCode::kInvalidInput, "UTF-8"));
  EXPECT_THAT(with([](auto& options) { options.version = std::string(20'000, 'x'); }),
              fails_with(ErrorCode::kInvalidInput, "16384"));
  EXPECT_THAT(with([](auto& options) { options.sequence = -1; }),
              fails_with(ErrorCode::kInvalidInput, "negative"));
}

TEST(ArtifactTest, ParsesFlags) {
  EXPECT_EQ(parse_artifact_format("flux").value(), ArtifactFormat::kFlux);
  EXPECT_EQ(parse_artifact_format("oci").value(), ArtifactFormat::kOci);
  EXPECT_THAT(parse_artifact_format("tar"), fails_with(ErrorCode::kInvalidInput, "flux or oci"));
  EXPECT_EQ(parse_annotation("a=b=c").value(), std::pair(std::string("a"), std::string("b=c")));
  EXPECT_EQ(parse_annotation("a=").value().second, "");
  EXPECT_THAT(parse_annotation("a"), fails_with(ErrorCode::kInvalidInput, "KEY=VALUE"));
  EXPECT_THAT(parse_annotation("=a"), fails_with(ErrorCode::kInvalidInput, "KEY=VALUE"));
}

}  // namespace
}  // namespace sealift::builder
