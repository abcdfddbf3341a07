#include "../../unit/builder/git_fixture.h"

#include <sealift/builder/build.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>
#include <support/test_server.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;
using ::sealift::test::GitFixture;
using ::testing::HasSubstr;

// Where the real kustomize is: see tests/parts/README.md.
std::string parts_directory() {
  if (const char* bin = std::getenv("SEALIFT_PARTS")) return bin;
  if (const char* parts = std::getenv("SEALIFT_PARTS_DIR")) return std::string(parts) + "/bin";
  return std::string(SEALIFT_SOURCE_DIR) + "/build/parts/bin";
}

class KustomizeContractTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(parts_directory() + "/kustomize"))
        << "build it with: ./dev parts kustomize";
  }
  Result<Built> run(const std::string& path) {
    BuildOptions options;
    options.source.location = {git_.path(), ""};
    options.source.path = path;
    return build(options, {system_files(), system_random(), temporary_.path(), parts_directory()},
                 {});
  }

  GitFixture git_;
  test::TempDirectory temporary_;
};

TEST_F(KustomizeContractTest, RendersTheExampleWithABaseOutsideThePath) {
  std::filesystem::copy(std::string(SEALIFT_SOURCE_DIR) + "/examples/shop", git_.path(),
                        std::filesystem::copy_options::recursive);
  git_.commit();
  ASSERT_OK_ASSIGN(const Built built, run("deploy/staging"));
  EXPECT_EQ(built.renderer, "kustomize v5.8.2");
  EXPECT_EQ(built.objects, 4U);
  EXPECT_EQ(built.files, 1U);
  EXPECT_THAT(built.artifact.manifest_bytes,
              HasSubstr("\"dev.sealift.renderer\":\"kustomize v5.8.2\""));
  EXPECT_TRUE(std::filesystem::is_empty(temporary_.path()));
  ASSERT_OK_ASSIGN(const Built again, run("deploy/staging"));
  EXPECT_EQ(again.artifact.manifest.digest, built.artifact.manifest.digest);
}

TEST_F(KustomizeContractTest, SaysWhatIsMissing) {
  git_.write("deploy/kustomization.yaml", "resources: [missing.yaml]\n");
  git_.commit();
  const auto result = run("deploy");
  ASSERT_THAT(result, fails_with(ErrorCode::kInvalidInput, "missing.yaml"));
  EXPECT_EQ(result.error().message().find(temporary_.path()), std::string::npos)
      << result.error().message();
}

TEST_F(KustomizeContractTest, FetchesNothing) {
  for (const char* resource : {"https://example.com/a.yaml", "github.com/org/repo//base?ref=v1",
                               "git::https://example.com/repo.git//base"}) {
    git_.write("deploy/kustomization.yaml", std::string("resources: [\"") + resource + "\"]\n");
    git_.commit();
    EXPECT_THAT(run("deploy"), fails_with(ErrorCode::kInvalidInput, "are not fetched")) << resource;
  }
}

TEST_F(KustomizeContractTest, FetchesNothingFromThisMachineEither) {
  test::TestServer server([](const test::SeenRequest&) {
    return test::FakeAnswer::json(200, R"({"apiVersion":"v1","kind":"ConfigMap",)"
                                       R"("metadata":{"name":"a"}})");
  });
  git_.write("deploy/kustomization.yaml", "resources: [\"" + server.url("/a.yaml") + "\"]\n");
  git_.commit();
  EXPECT_THAT(run("deploy"), fails_with(ErrorCode::kInvalidInput, "are not fetched"));
  EXPECT_EQ(server.request_count(), 0U);
}

TEST_F(KustomizeContractTest, LoadsNoBaseFromOutsideOfTheRepository) {
  temporary_.write("outside/kustomization.yaml", "resources: [a.yaml]\n");
  temporary_.write("outside/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  git_.write("deploy/kustomization.yaml", "resources: [../../../outside]\n");
  git_.commit();
  EXPECT_THAT(run("deploy"), fails_with(ErrorCode::kInvalidInput, "outside of the repository"));
}

TEST_F(KustomizeContractTest, RunsNoPlugins) {
  git_.write("deploy/kustomization.yaml", "generators: [plugin.yaml]\n");
  git_.write("deploy/plugin.yaml",
             "apiVersion: v1\nkind: Evil\nmetadata:\n  name: evil\n  annotations:\n"
             "    config.kubernetes.io/function: |\n      exec: {path: ./evil.sh}\n");
  git_.write("deploy/evil.sh", "#!/bin/sh\ntouch '" + temporary_.path() + "/ran'\n");
  git_.commit();
  EXPECT_THAT(run("deploy"), fails_with(ErrorCode::kInvalidInput, "cannot render deploy"));
  EXPECT_FALSE(std::filesystem::exists(temporary_.path() + "/ran"));
}

}  // namespace
}  // namespace sealift::builder
