#include <sealift/comparison/json_report.h>

#include <cstdint>
#include <utility>

namespace sealift::comparison {
namespace {

Json number(std::size_t value) { return Json(static_cast<std::uint64_t>(value)); }

Json to_json(const FieldChange& field) {
  Json json;
  json.set("path", field.path);
  if (field.before) json.set("before", *field.before);
  if (field.after) json.set("after", *field.after);
  if (field.sensitive) json.set("sensitive", true);
  return json;
}

Json to_json(const ObjectChange& change) {
  Json json;
  json.set("change", to_string(change.kind));
  json.set("apiVersion", change.api_version);
  json.set("kind", change.id.kind);
  if (!change.id.name_space.empty()) json.set("namespace", change.id.name_space);
  json.set("name", change.id.name);
  if (change.kind == ChangeKind::kAdded) json.set("after", change.after);
  if (change.kind == ChangeKind::kRemoved) json.set("before", change.before);
  if (change.kind != ChangeKind::kChanged) return json;
  Json fields = Json::array();
  for (const auto& field : change.fields) fields.push_back(to_json(field));
  json.set("fields", std::move(fields));
  if (change.omitted_fields > 0) json.set("omittedFields", number(change.omitted_fields));
  return json;
}

Json to_json(const Finding& finding) {
  Json json;
  json.set("severity", to_string(finding.severity));
  json.set("object", finding.object);
  if (!finding.field.empty()) json.set("field", finding.field);
  json.set("message", finding.sentence);
  return json;
}

}  // namespace

Json json_report(const Comparison& comparison, const RiskSummary& risks, const Sides& sides) {
  Json summary;
  for (const auto kind : {ChangeKind::kChanged, ChangeKind::kAdded, ChangeKind::kRemoved}) {
    summary.set(to_string(kind), number(comparison.count(kind)));
  }
  summary.set("unchanged", number(comparison.unchanged));
  Json findings = Json::array();
  for (const auto& finding : risks.findings) findings.push_back(to_json(finding));
  Json objects = Json::array();
  for (const auto& change : comparison.changes) objects.push_back(to_json(change));
  Json json;
  json.set("before", sides.before);
  json.set("after", sides.after);
  json.set("differs", comparison.differs());
  json.set("summary", std::move(summary));
  json.set("risks", std::move(findings));
  if (risks.omitted > 0) json.set("omittedRisks", number(risks.omitted));
  json.set("objects", std::move(objects));
  return json;
}

}  // namespace sealift::comparison
