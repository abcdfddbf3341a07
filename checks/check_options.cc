#include <sealift/base/encoding.h>
#include <sealift/checks/check_options.h>
#include <sealift/checks/rule.h>

namespace sealift::checks {

std::optional<Severity> CheckOptions::severity_of(std::string_view rule) const {
  if (const auto found = severities.find(rule); found != severities.end()) return found->second;
  const Rule* known = find_rule(rule);
  return known == nullptr ? Severity::kError : known->severity;
}

Result<> CheckOptions::set_severity(std::string_view rule, std::string_view word) {
  if (find_rule(rule) == nullptr) {
    return fail(ErrorCode::kInvalidInput,
                "there is no rule \"" + printable(rule, 100) + "\", but " + known_rules());
  }
  const auto severity = parse_severity(word);
  if (!severity && word != "off") {
    return fail(ErrorCode::kInvalidInput, "the severity of " + std::string(rule) +
                                              " must be error, warning, note or off, not \"" +
                                              printable(word, 100) + "\"");
  }
  severities.insert_or_assign(std::string(rule), severity);
  return {};
}

}  // namespace sealift::checks
