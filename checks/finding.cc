#include <sealift/checks/finding.h>

namespace sealift::checks {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const auto severity : {Severity::kNote, Severity::kWarning, Severity::kError}) {
    if (text == to_string(severity)) return severity;
  }
  return std::nullopt;
}

}  // namespace sealift::checks
