#include "memory_tree.h"

#include <sealift/builder/render.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::config_map;
using ::sealift::test::fails_with;
using ::sealift::test::MemoryTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RenderTest : public ::testing::Test {
 protected:
  Result<RenderedObjects> run(std::map<std::string, std::string> files,
                              const RenderLimits& limits = {}, std::stop_token stop = {}) {
    return render(std::make_shared<MemoryTree>(std::move(files)), environment_, stop, limits);
  }
  std::string message(std::map<std::string, std::string> files) {
    const auto result = run(std::move(files));
    return result ? "success" : result.error().message();
  }
  // A program of that name that is a shell script, in the only directory that is searched.
  void install(const std::string& name, const std::string& script) {
    const std::string path = programs_.write(name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  }
  bool nothing_is_left() const { return std::filesystem::is_empty(temporary_.path()); }

  test::TempDirectory temporary_;
  test::TempDirectory programs_;
  BuildEnvironment environment_{system_files(), system_random(), temporary_.path(),
                                programs_.path()};
};

TEST_F(RenderTest, PacksEveryFileWithItsOwnBytes) {
  const std::string manifest = "# a comment\r\n" + config_map("a") + "---\n" + config_map("b");
  ASSERT_OK_ASSIGN(const auto rendered,
                   run({{"a.yaml", manifest}, {"run.sh", "x"}, {"notes.md", "# notes"}}));
  ASSERT_EQ(rendered.files.size(), 3U);
  EXPECT_EQ(rendered.files[0].path, "a.yaml");
  EXPECT_EQ(rendered.files[0].read().value(), manifest);
  EXPECT_EQ(rendered.files[1].path, "notes.md");
  EXPECT_TRUE(rendered.files[2].executable);
  EXPECT_EQ(rendered.objects, 2U);
  EXPECT_EQ(rendered.renderer, "");
}

TEST_F(RenderTest, LeavesVariablesToWhoDelivers) {
  const auto files = [](const std::string& name) {
    return std::map<std::string, std::string>{{"a.yaml", config_map(name)}};
  };
  EXPECT_OK(run(files("web-${REGION}")));
  EXPECT_THAT(message(files("web-$REGION")), HasSubstr("metadata.name must be"));
}

TEST_F(RenderTest, ReportsEveryFaultWithItsPlace) {
  const std::string text =
      message({{"a.yaml", config_map("same")},
               {"b.yml", "kind: ConfigMap\n"},
               {"c.json", "{\"apiVersion\": \"v1\",\n \"kind\": }"},
               {"d.yaml", "---\n" + config_map("same")},
               {"e.yaml", config_map("wave") + "  annotations: {sealift.dev/wave: high}\n"},
               {"sub/kustomization.yaml", "resources: []\n"}});
  EXPECT_THAT(text, HasSubstr("deploy cannot be published:\n"));
  EXPECT_THAT(text, HasSubstr("\n  b.yml:1:1: "));
  EXPECT_THAT(text, HasSubstr("\n  c.json:2:"));
  EXPECT_THAT(text, HasSubstr("\n  d.yaml:2:1: ConfigMap same is defined already at a.yaml:1:1"));
  EXPECT_THAT(text, HasSubstr("\n  e.yaml:1:1: "));
  EXPECT_THAT(text, HasSubstr("\n  sub/kustomization.yaml:1:1: "));
  EXPECT_THAT(text, HasSubstr(".sourceignore"));
}

TEST_F(RenderTest, EndsTheSearchAtTheLimit) {
  std::map<std::string, std::string> files;
  for (int index = 10; index < 40; ++index) files[std::to_string(index) + ".yaml"] = "a: b\n";
  RenderLimits limits;
  limits.max_errors = 5;
  const auto result = run(std::move(files), limits);
  ASSERT_THAT(result, fails_with(ErrorCode::kInvalidInput, "14.yaml"));
  EXPECT_THAT(result.error().message(), ::testing::Not(HasSubstr("15.yaml")));
  EXPECT_THAT(result.error().message(), HasSubstr("perhaps more"));
}

TEST_F(RenderTest, RefusesATreeWithoutObjects) {
  EXPECT_THAT(run({{"notes.md", "x"}}), fails_with(ErrorCode::kInvalidInput, "no Kubernetes"));
  EXPECT_THAT(run({{"a.yaml", "# nothing\n"}}),
              fails_with(ErrorCode::kInvalidInput, "no Kubernetes"));
}

TEST_F(RenderTest, RefusesPointersOfGitLfs) {
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
  EXPECT_THAT(run({{"a.yaml", config_map("a")}, {"data.bin", pointer}}),
              fails_with(ErrorCode::kInvalidInput, "data.bin:1:1: holds a pointer of Git LFS"));
  EXPECT_THAT(run({{"a.yaml", config_map("a") + "data:\n  f: |\n    " +
                                  "version https://git-lfs.github.com/spec/v1\n"
                                  "    oid sha256:4d7a\n"}}),
              fails_with(ErrorCode::kInvalidInput, "pointer of Git LFS"));
  EXPECT_OK(run({{"a.yaml", config_map("a") + "# version https://git-lfs.github.com/spec/v1\n"}}));
}

TEST_F(RenderTest, StopsOnRequest) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THAT(run({{"a.yaml", config_map("a")}}, {}, source.get_token()),
              fails_with(ErrorCode::kCancelled));
}

constexpr const char* kAnswersVersion = "if [ \"$1\" = version ]; then echo v9.8.7; exit; fi\n";

TEST_F(RenderTest, RunsKustomizeWithTheWholeCommit) {
  // The real program is met in the contract tests; this one shows what it was given.
  install("kustomize", std::string(kAnswersVersion) +
                           "read_all() { while IFS= read -r l; do echo \"$l\"; done; }\n"
                           "read_all < \"$2/cm.yaml\"; echo 'careful' >&2\n");
  ASSERT_OK_ASSIGN(const auto rendered, run({{"kustomization.yaml", "resources: [cm.yaml]"},
                                             {"cm.yaml", config_map("rendered")}}));
  ASSERT_EQ(rendered.files.size(), 1U);
  EXPECT_EQ(rendered.files[0].path, "manifests.yaml");
  EXPECT_EQ(rendered.files[0].read().value(), config_map("rendered"));
  EXPECT_EQ(rendered.renderer, "kustomize v9.8.7");
  EXPECT_EQ(rendered.objects, 1U);
  EXPECT_THAT(rendered.warnings, ElementsAre("careful"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RenderTest, GivesNoneOfTheCallersEnvironment) {
  ::setenv("SEALIFT_TEST_SECRET", "secret", 1);
  install("kustomize", std::string(kAnswersVersion) +
                           "echo 'apiVersion: v1'; echo 'kind: ConfigMap'\n"
                           "echo 'metadata: {name: a}'; echo 'data:'\n"
                           "echo \"  secret: '$SEALIFT_TEST_SECRET'\"; echo \"  tz: '$TZ'\"\n");
  ASSERT_OK_ASSIGN(const auto rendered, run({{"Kustomization", "resources: []"}}));
  EXPECT_THAT(rendered.files[0].read().value(), HasSubstr("secret: ''\n  tz: 'UTC'"));
  ::unsetenv("SEALIFT_TEST_SECRET");
}

TEST_F(RenderTest, TakesKubectlWhereKustomizeIsMissing) {
  install("kubectl",
          "if [ \"$1\" = version ]; then echo '{\"kustomizeVersion\": \"v5.6.0\"}'; "
          "exit; fi\n[ \"$1\" = kustomize ] || exit 3\n"
          "echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: a}'\n");
  ASSERT_OK_ASSIGN(const auto rendered, run({{"kustomization.yml", "resources: []"}}));
  EXPECT_EQ(rendered.renderer, "kustomize v5.6.0");
}

TEST_F(RenderTest, PassesOverADirectoryOfTheProgramsName) {
  std::filesystem::create_directory(programs_.file("kustomize"));
  install("kubectl",
          "if [ \"$1\" = version ]; then echo '{\"kustomizeVersion\": \"v5.6.0\"}'; exit; fi\n"
          "echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: a}'\n");
  EXPECT_OK(run({{"kustomization.yaml", "resources: []"}}));
}

TEST_F(RenderTest, LearnsTheExitCodeWhereSigchldIsIgnored) {
  install("kustomize", std::string(kAnswersVersion) + "exit 7\n");
  RenderLimits limits;
  limits.max_time = std::chrono::seconds(5);
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const auto result = run({{"kustomization.yaml", "x"}}, limits);
  std::signal(SIGCHLD, before);
  EXPECT_THAT(result, fails_with(ErrorCode::kInvalidInput, "exit code 7"));
}

TEST_F(RenderTest, RefusesBasesOutsideOfTheRepository) {
  install("kustomize", kAnswersVersion);
  for (const char* text : {"resources: [../../outside]", "{\"Components\": [\"../..\"]}",
                           "transformers: [x://../../../outside]", "bases: [/etc]"}) {
    EXPECT_THAT(run({{"kustomization.yaml", text}}),
                fails_with(ErrorCode::kInvalidInput, "lies outside of the repository"))
        << text;
  }
  EXPECT_THAT(run({{"kustomization.yaml", "resources: [base]"},
                   {"base/kustomization.yml", "resources: [../../../outside, ..]"}}),
              fails_with(ErrorCode::kInvalidInput, "deploy/base/kustomization.yml: ../../../out"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RenderTest, NamesBothProgramsWhereNeitherIs) {
  EXPECT_THAT(run({{"kustomization.yaml", "resources: []"}}),
              fails_with(ErrorCode::kNotFound, "neither kustomize nor kubectl"));
  environment_.search_path = ".:relative";
  EXPECT_THAT(run({{"kustomization.yaml", "resources: []"}}), fails_with(ErrorCode::kNotFound));
}

TEST_F(RenderTest, ShowsWhatKustomizeSaidWithoutOurPaths) {
  install("kustomize",
          std::string(kAnswersVersion) + "echo \"Error: $2/cm.yaml is missing\" >&2; exit 1\n");
  const std::string text = message({{"kustomization.yaml", "resources: [cm.yaml]"}});
  EXPECT_THAT(text, HasSubstr("cannot render deploy (exit code 1)"));
  EXPECT_THAT(text, HasSubstr("\n  Error: deploy/cm.yaml is missing"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(RenderTest, ChecksTheOutputOfKustomize) {
  install("kustomize", std::string(kAnswersVersion) + "echo 'kind: Nothing'\n");
  EXPECT_THAT(run({{"kustomization.yaml", "x"}}),
              fails_with(ErrorCode::kInvalidInput, "manifests.yaml:1:1"));
  install("kustomize", std::string(kAnswersVersion));
  EXPECT_THAT(run({{"kustomization.yaml", "x"}}),
              fails_with(ErrorCode::kInvalidInput, "no Kubernetes object"));
}

TEST_F(RenderTest, BoundsTimeAndOutputOfKustomize) {
  RenderLimits limits;
  install("kustomize", std::string(kAnswersVersion) + "while :; do echo aaaaaaaaaaaaaaaa; done\n");
  limits.max_output_bytes = 1'000;
  EXPECT_THAT(run({{"kustomization.yaml", "x"}}, limits),
              fails_with(ErrorCode::kInvalidInput, "more than 1000 bytes"));
  install("kustomize", std::string(kAnswersVersion) + "while :; do :; done\n");
  limits.max_time = std::chrono::seconds(0);
  EXPECT_THAT(run({{"kustomization.yaml", "x"}}, limits),
              fails_with(ErrorCode::kUnavailable, "within 0 seconds"));
  EXPECT_TRUE(nothing_is_left());
}

}  // namespace
}  // namespace sealift::builder
