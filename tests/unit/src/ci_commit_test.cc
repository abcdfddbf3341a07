// What CI systems say of a job.
#include "ci_commit.h"

#include <gtest/gtest.h>

#include <map>

namespace sealift::program {
namespace {

using Variables = std::map<std::string, std::string>;

ReadVariable read(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

// "branch/tag" of the commit "c".
std::string names(Variables variables, project::CommitFacts facts = {"c", "", ""}) {
  add_ci_names(facts, read(std::move(variables)));
  return facts.branch + "/" + facts.tag;
}

TEST(CiNames, AreThoseOfTheJob) {
  const Variables gitlab = {{"GITLAB_CI", "true"}, {"CI_COMMIT_SHA", "c"}};
  auto with = [](Variables base, Variables more) {
    more.merge(base);
    return more;
  };
  EXPECT_EQ(names(with(gitlab, {{"CI_COMMIT_BRANCH", "main"}})), "main/");
  EXPECT_EQ(names(with(gitlab, {{"CI_COMMIT_TAG", "v1"}})), "/v1");
  EXPECT_EQ(names(with(gitlab, {{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "x"}})), "x/");
  const Variables github = {{"GITHUB_ACTIONS", "true"}, {"GITHUB_SHA", "c"}};
  EXPECT_EQ(names(with(github, {{"GITHUB_REF_TYPE", "branch"}, {"GITHUB_REF_NAME", "main"}})),
            "main/");
  EXPECT_EQ(names(with(github, {{"GITHUB_REF_TYPE", "tag"}, {"GITHUB_REF_NAME", "v1"}})), "/v1");
  EXPECT_EQ(names(with(github, {{"GITHUB_HEAD_REF", "x"}, {"GITHUB_REF_NAME", "1/merge"}})), "x/");
}

TEST(CiNames, CountForThatCommitAloneAndBehindTheClone) {
  const Variables other = {
      {"GITLAB_CI", "true"}, {"CI_COMMIT_SHA", "d"}, {"CI_COMMIT_BRANCH", "main"}};
  EXPECT_EQ(names(other), "/");
  EXPECT_EQ(names({{"CI_COMMIT_SHA", "c"}, {"CI_COMMIT_BRANCH", "main"}}), "/");
  const Variables same = {
      {"GITLAB_CI", "true"}, {"CI_COMMIT_SHA", "c"}, {"CI_COMMIT_BRANCH", "main"}};
  EXPECT_EQ(names(same, {"c", "mine", ""}), "mine/");
  EXPECT_EQ(names(same, {"c", "", "v1"}), "/v1");
}

TEST(CiRunOf, NamesBuilderAndJob) {
  const auto gitlab = ci_run(read({{"GITLAB_CI", "true"},
                                   {"CI_PROJECT_URL", "https://g.example/a"},
                                   {"CI_RUNNER_ID", "7"},
                                   {"CI_JOB_URL", "https://g.example/a/-/jobs/1"}}));
  EXPECT_EQ(gitlab.builder, "https://g.example/a/-/runners/7");
  EXPECT_EQ(gitlab.invocation, "https://g.example/a/-/jobs/1");
  EXPECT_EQ(gitlab.repository, "https://g.example/a");
  const auto github =
      ci_run(read({{"GITHUB_ACTIONS", "true"},
                   {"GITHUB_SERVER_URL", "https://github.com"},
                   {"GITHUB_REPOSITORY", "o/a"},
                   {"GITHUB_RUN_ID", "5"},
                   {"GITHUB_RUN_ATTEMPT", "2"},
                   {"GITHUB_WORKFLOW_REF", "o/a/.github/workflows/x.yml@refs/heads/main"}}));
  EXPECT_EQ(github.builder, "https://github.com/o/a/.github/workflows/x.yml@refs/heads/main");
  EXPECT_EQ(github.invocation, "https://github.com/o/a/actions/runs/5/attempts/2");
  EXPECT_EQ(github.repository, "https://github.com/o/a");
  EXPECT_EQ(ci_run(read({})).builder, "");
}

}  // namespace
}  // namespace sealift::program
