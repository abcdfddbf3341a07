#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/checks/report.h>

#include <algorithm>
#include <map>
#include <utility>

#include "report_writers.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxFieldShown = 300;

constexpr std::pair<std::string_view, ReportFormat> kFormats[] = {
    {"text", ReportFormat::kText},
    {"json", ReportFormat::kJson},
    {"sarif", ReportFormat::kSarif},
    {"junit", ReportFormat::kJunit},
    {"code-quality", ReportFormat::kCodeQuality},
};

}  // namespace

std::optional<ReportFormat> parse_report_format(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (name == known) return format;
  }
  return std::nullopt;
}

std::size_t count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

std::string write_report(const Report& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::kText:
      return write_text(report);
    case ReportFormat::kJson:
      return write_json(report);
    case ReportFormat::kSarif:
      return write_sarif(report);
    case ReportFormat::kJunit:
      return write_junit(report);
    case ReportFormat::kCodeQuality:
      return write_code_quality(report);
  }
  return {};
}

std::string sentence(const Finding& finding) {
  return finding.message + (finding.advice.empty() ? "" : "; " + finding.advice);
}

std::string description(const Finding& finding) {
  std::string subject = finding.object;
  if (!finding.field.empty()) subject += " " + printable(finding.field, kMaxFieldShown);
  return (subject.empty() ? "" : subject + ": ") + sentence(finding);
}

std::string_view plain_path(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

std::vector<std::string> fingerprints(const std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> all;
  all.reserve(findings.size());
  for (const auto& finding : findings) {
    // An array, so that no text runs into its neighbour.
    Json::Array parts = {finding.rule, plain_path(finding.file), finding.object, finding.field};
    const auto before = seen[dump_json(Json(parts))]++;
    if (before > 0) parts.emplace_back(static_cast<std::uint64_t>(before));
    all.push_back(Digest::of(dump_json(Json(std::move(parts)))).hex());
  }
  return all;
}

}  // namespace sealift::checks
