#include <sealift/base/json.h>
#include <sealift/base/percent_encoding.h>
#include <sealift/checks/rule.h>

#include "report_writers.h"

namespace sealift::checks {
namespace {

// SARIF 2.1.0 (OASIS); the section of each part is beside it.
constexpr std::string_view kLogSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

Json text_of(std::string_view text) { return Json::Object{{"text", text}}; }

// 3.49: reportingDescriptor.
Json to_json(const Rule& rule, const CheckOptions& options) {
  Json json;
  json.set("id", rule.id);
  json.set("shortDescription", text_of(std::string(rule.summary) + "."));
  json.set("help", text_of(rule.help));
  const auto severity = options.severity_of(rule.id);
  Json configuration;
  configuration.set("enabled", severity.has_value());
  configuration.set("level", to_string(severity.value_or(rule.severity)));
  json.set("defaultConfiguration", std::move(configuration));
  return json;
}

// 3.4: artifactLocation. A URI reference, so what is no part of one is encoded.
std::string uri_of(std::string_view path) {
  path = plain_path(path);
  std::string uri = path.starts_with('/') ? "file://" : "";
  while (!path.empty()) {
    const auto slash = path.find('/');
    uri += percent_encode(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    uri += '/';
    path.remove_prefix(slash + 1);
  }
  return uri;
}

// 3.28: location.
Json location_of(const Finding& finding) {
  Json physical;
  physical.set("artifactLocation", Json::Object{{"uri", uri_of(finding.file)}});
  if (finding.position.line > 0) {
    Json region;
    region.set("startLine", static_cast<std::uint64_t>(finding.position.line));
    if (finding.position.column > 0) {
      region.set("startColumn", static_cast<std::uint64_t>(finding.position.column));
    }
    physical.set("region", std::move(region));
  }
  Json location;
  location.set("physicalLocation", std::move(physical));
  if (!finding.object.empty()) {
    Json logical;
    logical.set("fullyQualifiedName", finding.object + finding.field);
    logical.set("kind", "resource");
    location.set("logicalLocations", Json::Array{std::move(logical)});
  }
  return location;
}

// 3.27: result.
Json to_json(const Finding& finding, const std::string& fingerprint) {
  Json json;
  json.set("ruleId", finding.rule);
  std::uint64_t index = 0;
  for (const auto& rule : rules()) {
    if (rule.id == finding.rule) json.set("ruleIndex", index);
    ++index;
  }
  json.set("level", to_string(finding.severity));
  json.set("message", text_of(description(finding)));
  json.set("locations", Json::Array{location_of(finding)});
  json.set("partialFingerprints", Json::Object{{"sealiftFinding/v1", fingerprint}});
  return json;
}

}  // namespace

std::string write_sarif(const Report& report) {
  Json driver;
  driver.set("name", "sealift");
  if (!report.tool_version.empty()) driver.set("version", report.tool_version);
  Json descriptors = Json::array();
  for (const auto& rule : rules()) descriptors.push_back(to_json(rule, report.options));
  driver.set("rules", std::move(descriptors));
  Json results = Json::array();
  const auto prints = fingerprints(report.findings);
  for (std::size_t i = 0; i < prints.size(); ++i) {
    results.push_back(to_json(report.findings[i], prints[i]));
  }
  Json run;
  run.set("tool", Json::Object{{"driver", std::move(driver)}});
  run.set("columnKind", "unicodeCodePoints");
  run.set("results", std::move(results));
  Json log;
  log.set("$schema", kLogSchema);
  log.set("version", "2.1.0");
  log.set("runs", Json::Array{std::move(run)});
  return dump_json_pretty(log) + "\n";
}

}  // namespace sealift::checks
