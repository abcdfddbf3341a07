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

}  // namespace sealift::program
