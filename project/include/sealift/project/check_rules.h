#pragma once

#include <sealift/checks/check_options.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sealift::project {

// `checks` of an artifact: what its objects are held against before they are published. Texts but
// for the names of rules are templates, see make_plan().
struct CheckRules {
  std::string kube_version;              // empty: checks::kNewestKubeVersion
  std::string schemas;                   // a directory of OpenAPI documents; empty: none
  std::vector<std::string> definitions;  // files and directories with CustomResourceDefinitions
  bool allow_secrets = false;
  std::map<std::string, std::optional<checks::Severity>, std::less<>> severities;

  bool operator==(const CheckRules&) const = default;
};

// The same of a planned artifact. Paths are relative to where the project's are.
struct PlannedChecks {
  checks::CheckOptions options;
  std::string schemas;
  std::vector<std::string> definitions;

  bool operator==(const PlannedChecks&) const = default;
};

}  // namespace sealift::project
