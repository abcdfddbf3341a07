#include <sealift/base/json.h>

#include "report_writers.h"

namespace sealift::checks {
namespace {

Json to_json(const Finding& finding) {
  Json json;
  json.set("rule", finding.rule);
  json.set("severity", to_string(finding.severity));
  json.set("object", finding.object);
  json.set("file", finding.file);
  json.set("line", static_cast<std::uint64_t>(finding.position.line));
  json.set("column", static_cast<std::uint64_t>(finding.position.column));
  json.set("field", finding.field);
  json.set("message", finding.message);
  json.set("advice", finding.advice);
  return json;
}

}  // namespace

std::string write_json(const Report& report) {
  Json json;
  json.set("kubeVersion", report.options.kube_version.to_string());
  json.set("files", static_cast<std::uint64_t>(report.files.size()));
  json.set("objects", static_cast<std::uint64_t>(report.objects));
  const auto number = [&](Severity severity) {
    return Json(static_cast<std::uint64_t>(count(report.findings, severity)));
  };
  json.set("errors", number(Severity::kError));
  json.set("warnings", number(Severity::kWarning));
  json.set("notes", number(Severity::kNote));
  Json findings = Json::array();
  for (const auto& finding : report.findings) findings.push_back(to_json(finding));
  json.set("findings", std::move(findings));
  return dump_json_pretty(json) + "\n";
}

}  // namespace sealift::checks
