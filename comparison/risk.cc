#include <sealift/comparison/risk.h>

#include <algorithm>
#include <array>

#include "risk_checks.h"

namespace sealift::comparison {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kHigh:
      return "high";
    case Severity::kMedium:
      return "medium";
    case Severity::kLow:
      break;
  }
  return "low";
}

RiskSummary summarize_risk(const Comparison& comparison) {
  static constexpr std::array kChecks = {
      check_removal,  check_role,    check_binding,   check_pods,       check_images,
      check_replicas, check_service, check_admission, check_definition, check_namespace};
  RiskSummary summary;
  for (const auto& change : comparison.changes) {
    Findings findings(change, summary.findings);
    for (const auto& check : kChecks) check(change, findings);
  }
  std::stable_sort(
      summary.findings.begin(), summary.findings.end(),
      [](const Finding& one, const Finding& other) { return one.severity < other.severity; });
  if (summary.findings.size() > kMaxFindings) {
    summary.omitted = summary.findings.size() - kMaxFindings;
    summary.findings.resize(kMaxFindings);
  }
  return summary;
}

}  // namespace sealift::comparison
