#pragma once

#include <sealift/checks/check_options.h>
#include <sealift/checks/finding.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

enum class ReportFormat {
  kText,         // "FILE:LINE:COLUMN: severity rule: …", a line each
  kJson,         // our own
  kSarif,        // SARIF 2.1.0 (OASIS), as code hosts show it beside the lines
  kJunit,        // a test case for each file and rule; errors alone are failures
  kCodeQuality,  // GitLab's subset of the Code Climate format
};

// "text", "json", "sarif", "junit", "code-quality".
std::optional<ReportFormat> parse_report_format(std::string_view name);

// What a check found, and what it looked at.
struct Report {
  std::vector<Finding> findings;  // as check() sorts them
  std::vector<std::string> files;
  std::size_t objects = 0;
  CheckOptions options;
  std::string tool_version;
};

// "FILE:LINE:COLUMN: severity rule: object field: message; advice", fit for a terminal.
std::string one_line(const Finding& finding);

std::size_t count(const std::vector<Finding>& findings, Severity severity);

// The same findings give the same bytes. Text that came from manifests is fit for a terminal.
std::string write_report(const Report& report, ReportFormat format);

}  // namespace sealift::checks
