#include <sealift/base/encoding.h>

#include "report_writers.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxPathShown = 1024;

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace

std::string one_line(const Finding& finding) {
  return printable(finding.file, kMaxPathShown) + ":" + std::to_string(finding.position.line) +
         ":" + std::to_string(finding.position.column) + ": " +
         std::string(to_string(finding.severity)) + " " + finding.rule + ": " +
         description(finding);
}

std::string write_text(const Report& report) {
  std::string text;
  for (const auto& finding : report.findings) {
    text += one_line(finding) + "\n";
  }
  const auto& findings = report.findings;
  return text + counted(report.objects, "object") + " in " + counted(report.files.size(), "file") +
         ": " + counted(count(findings, Severity::kError), "error") + ", " +
         counted(count(findings, Severity::kWarning), "warning") + ", " +
         counted(count(findings, Severity::kNote), "note") + "\n";
}

}  // namespace sealift::checks
