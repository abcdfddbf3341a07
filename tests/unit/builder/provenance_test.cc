// What is stated of a build.
#include <sealift/builder/provenance.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory_tree.h"

namespace sealift::builder {
namespace {

project::PlannedArtifact planned() {
  return {.name = "shop-prod",
          .path = "charts/shop",
          .destination = oci::Reference::parse("oci://registry.example/shop").value()};
}

BuildRun run() {
  return {.builder = "https://ci.example/builder",
          .invocation = "https://ci.example/jobs/1",
          .repository = "https://git.example/shop",
          .project_file = "sealift.yaml",
          .started = Timestamp(std::chrono::seconds(1767225600)),
          .finished = Timestamp(std::chrono::seconds(1767225660))};
}

TEST(SlsaProvenance, SaysEverythingThatTheBuildFollowsFrom) {
  auto artifact = planned();
  artifact.helm = project::HelmRelease{};
  artifact.helm->release = "shop";
  artifact.helm->name_space = "web";
  artifact.helm->values.set("a", 1);
  auto commit = sealift::test::example_commit();
  commit.branch = "main";
  ArtifactOptions options;
  options.sequence = 7;
  EXPECT_EQ(
      dump_json(slsa_provenance(artifact, commit, "helm v4.3.1", options, run())),
      R"({"buildDefinition":{"buildType":"https://sealift.dev/project/v1",)"
      R"("externalParameters":{"repository":"https://git.example/shop","ref":"refs/heads/main",)"
      R"("projectFile":"sealift.yaml","artifact":{"name":"shop-prod","kind":"manifests",)"
      R"("path":"charts/shop","destination":"oci://registry.example/shop",)"
      R"("helm":{"releaseName":"shop","namespace":"web","values":{"a":1},"includeCRDs":true,)"
      R"("includeTests":false,"hooks":"keep"}}},)"
      R"("internalParameters":{"format":"flux","sequence":7},)"
      R"("resolvedDependencies":[{"uri":"git+https://git.example/shop@refs/heads/main",)"
      R"("digest":{"gitCommit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},)"
      R"({"uri":"pkg:generic/helm@v4.3.1"}]},)"
      R"("runDetails":{"builder":{"id":"https://ci.example/builder"},)"
      R"("metadata":{"invocationId":"https://ci.example/jobs/1",)"
      R"("startedOn":"2026-01-01T00:00:00Z","finishedOn":"2026-01-01T00:01:00Z"}}})");
}

TEST(SlsaProvenance, LeavesOutWhatNobodyKnows) {
  auto here = run();
  here.invocation = here.repository = "";
  auto artifact = planned();
  artifact.chart = project::ChartRelease{.version = "1.0.0", .app_version = ""};
  artifact.annotations = {{"team", "a"}};
  const Json stated = slsa_provenance(artifact, sealift::test::example_commit(), "", {}, here);
  const Json& external = *stated.find_path({"buildDefinition", "externalParameters"});
  EXPECT_EQ(external.find("repository"), nullptr);
  EXPECT_EQ(external.find("ref"), nullptr);
  EXPECT_EQ(external.string_at({"artifact", "kind"}), "chart");
  EXPECT_EQ(external.string_at({"artifact", "annotations", "team"}), "a");
  EXPECT_EQ(dump_json(*external.find_path({"artifact", "chart"})), R"({"version":"1.0.0"})");
  EXPECT_EQ(stated.find_path({"buildDefinition", "resolvedDependencies"})->as_array()->size(), 1u);
  EXPECT_EQ(stated.find_path({"runDetails", "metadata", "invocationId"}), nullptr);
}

}  // namespace
}  // namespace sealift::builder
