#pragma once

#include <sealift/project/plan.h>

#include <functional>
#include <string>

namespace sealift::program {

// The value of an environment variable, empty where it is not set.
using ReadVariable = std::function<std::string(const std::string& name)>;

// Adds the branch or the tag that the CI system says its job is for, where the clone knows neither
// because its HEAD is detached, and only if the job is for this very commit. GitLab CI/CD
// ("Predefined CI/CD variables reference") and GitHub Actions ("Variables reference"); a merge or
// pull request has the branch it comes from.
void add_ci_names(project::CommitFacts& facts, const ReadVariable& variable);

// What the CI system says of the job; empty texts where there is none.
struct CiRun {
  std::string builder;  // GitLab: the runner, as its own provenance names it; GitHub: the workflow
  std::string invocation;  // the job's page
  std::string repository;  // the repository's page
};
CiRun ci_run(const ReadVariable& variable);

}  // namespace sealift::program
