#include <sealift/base/json.h>

#include "report_writers.h"

namespace sealift::checks {
namespace {

std::string_view severity_of(const Finding& finding) {
  switch (finding.severity) {
    case Severity::kNote:
      return "info";
    case Severity::kWarning:
      return "minor";
    case Severity::kError:
      return "major";
  }
  return "major";
}

}  // namespace

// GitLab, "Code Quality report format".
std::string write_code_quality(const Report& report) {
  Json issues = Json::array();
  const auto prints = fingerprints(report.findings);
  for (std::size_t i = 0; i < prints.size(); ++i) {
    const Finding& finding = report.findings[i];
    const std::uint64_t line = finding.position.line == 0 ? 1 : finding.position.line;
    Json issue;
    issue.set("description", description(finding));
    issue.set("check_name", finding.rule);
    issue.set("fingerprint", prints[i]);
    issue.set("severity", severity_of(finding));
    issue.set("location", Json::Object{{"path", plain_path(finding.file)},
                                       {"lines", Json(Json::Object{{"begin", line}})}});
    issues.push_back(std::move(issue));
  }
  return dump_json_pretty(issues) + "\n";
}

}  // namespace sealift::checks
