#pragma once

#include <sealift/base/result.h>
#include <sealift/checks/finding.h>
#include <sealift/checks/kube_version.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::checks {

struct CheckOptions {
  KubeVersion kube_version = kNewestKubeVersion;
  bool allow_secrets = false;  // Secrets with their values are meant to be there
  // By the rule's id, in place of its own severity; nullopt turns it off.
  std::map<std::string, std::optional<Severity>, std::less<>> severities = {};

  // Nullopt where the rule is off.
  std::optional<Severity> severity_of(std::string_view rule) const;
  // `word`: error, warning, note or off. kInvalidInput for another one, and for no rule's id.
  Result<> set_severity(std::string_view rule, std::string_view word);

  bool operator==(const CheckOptions&) const = default;
};

}  // namespace sealift::checks
