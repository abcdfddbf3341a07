#pragma once

#include <sealift/checks/finding.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

// A rule's findings all have one severity, so that a report can say it of the rule.
struct Rule {
  std::string_view id;
  Severity severity;         // unless an option says otherwise
  std::string_view summary;  // one sentence without a full stop
  std::string_view help;     // why it matters, and what to do
};

inline constexpr std::string_view kInvalidManifest = "invalid-manifest";
inline constexpr std::string_view kDuplicateObject = "duplicate-object";
inline constexpr std::string_view kRemovedApi = "removed-api";
inline constexpr std::string_view kDeprecatedApi = "deprecated-api";
inline constexpr std::string_view kPlainSecret = "plain-secret";
inline constexpr std::string_view kSecretObject = "secret-object";
inline constexpr std::string_view kImageTag = "image-tag";
inline constexpr std::string_view kSchema = "schema";
inline constexpr std::string_view kUnknownField = "unknown-field";
inline constexpr std::string_view kNoSchema = "no-schema";
inline constexpr std::string_view kUnchecked = "unchecked";

// All rules, in the order of the documentation.
const std::vector<Rule>& rules();
// Null for an id that there is not.
const Rule* find_rule(std::string_view id);
// Their ids, for messages: "invalid-manifest, duplicate-object, …".
std::string known_rules();

}  // namespace sealift::checks
