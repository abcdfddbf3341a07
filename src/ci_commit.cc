#include "ci_commit.h"

namespace sealift::program {
namespace {

std::string first_of(std::string first, std::string otherwise) {
  return first.empty() ? otherwise : first;
}

}  // namespace

void add_ci_names(project::CommitFacts& facts, const ReadVariable& variable) {
  if (!facts.branch.empty() || !facts.tag.empty()) return;
  if (variable("GITLAB_CI") == "true" && variable("CI_COMMIT_SHA") == facts.commit) {
    facts.tag = variable("CI_COMMIT_TAG");
    facts.branch =
        first_of(variable("CI_COMMIT_BRANCH"), variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"));
  } else if (variable("GITHUB_ACTIONS") == "true" && variable("GITHUB_SHA") == facts.commit) {
    const bool is_tag = variable("GITHUB_REF_TYPE") == "tag";
    (is_tag ? facts.tag : facts.branch) =
        first_of(variable("GITHUB_HEAD_REF"), variable("GITHUB_REF_NAME"));
  }
}

CiRun ci_run(const ReadVariable& variable) {
  if (variable("GITLAB_CI") == "true") {
    const auto project = variable("CI_PROJECT_URL");
    const auto runner = variable("CI_RUNNER_ID");
    return {project.empty() || runner.empty() ? "" : project + "/-/runners/" + runner,
            variable("CI_JOB_URL"), project};
  }
  if (variable("GITHUB_ACTIONS") == "true") {
    const auto server = variable("GITHUB_SERVER_URL") + "/";
    const auto repository = server + variable("GITHUB_REPOSITORY");
    const auto attempt = variable("GITHUB_RUN_ATTEMPT");
    const auto workflow = variable("GITHUB_WORKFLOW_REF");
    return {workflow.empty() ? "" : server + workflow,
            repository + "/actions/runs/" + variable("GITHUB_RUN_ID") +
                (attempt.empty() ? "" : "/attempts/" + attempt),
            repository};
  }
  return {};
}

}  // namespace sealift::program
