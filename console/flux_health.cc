#include <sealift/base/encoding.h>

#include <regex>

#include "flux_kustomization.h"

namespace sealift::console {
namespace {

// std::regex recurses with the text it matches.
constexpr std::size_t kMaxExpressionBytes = 512;

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::vector<std::string> conjuncts(const std::string& expression) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  // Brackets keep a part together: exists(e, e.type == 'Ready' && e.status == 'True').
  int depth = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '(') ++depth;
    if (expression[i] == ')') --depth;
    if (depth == 0 && expression.compare(i, 2, "&&") == 0) {
      parts.push_back(trimmed(std::string_view(expression).substr(from, i - from)));
      from = i + 2;
    }
  }
  parts.push_back(trimmed(std::string_view(expression).substr(from)));
  return parts;
}

Json field_test(std::string path, const std::string& value) {
  Json test;
  test.set("path", std::move(path));
  test.set("equals", value);
  return test;
}

std::string pointer_of(const std::string& dotted) {
  return "/" + std::regex_replace(dotted, std::regex("\\."), "/");
}

// One comparison; null where it is none that a Delivery can say.
Json convert_part(const std::string& part) {
  static const std::regex condition(
      R"((?:status|data\.status)\.conditions\.filter\((\w+), ?\1\.type ?== ?['"]([A-Za-z]+)['"]\)\.(?:all|exists)\(\1, ?\1\.status ?== ?['"](True|False|Unknown)['"]\))");
  static const std::regex exists(
      R"(status\.conditions\.exists\((\w+), ?\1\.type ?== ?['"]([A-Za-z]+)['"] ?&& ?\1\.status ?== ?['"](True|False|Unknown)['"]\))");
  static const std::regex equals(
      R"re(((?:status|spec|metadata)(?:\.[A-Za-z0-9_]+)+) ?== ?['"]([^'"]*)['"])re");
  std::smatch found;
  if (std::regex_match(part, found, condition) || std::regex_match(part, found, exists)) {
    return field_test("/status/conditions/[type=" + found[2].str() + "]/status", found[3].str());
  }
  if (std::regex_match(part, found, equals)) {
    return field_test(pointer_of(found[1].str()), found[2].str());
  }
  return {};
}

bool is_presence(const std::string& part) {
  static const std::regex presence(R"(has\([A-Za-z0-9_.]+\))");
  return std::regex_match(part, presence);
}

// Null where a part of the expression cannot be said.
Json convert_expression(const std::string& expression) {
  if (expression.empty() || expression.size() > kMaxExpressionBytes) return {};
  Json tests = Json::array();
  for (const auto& part : conjuncts(expression)) {
    // A field that is compared is there.
    if (is_presence(part)) continue;
    auto test = convert_part(part);
    if (test.is_null()) return {};
    tests.push_back(std::move(test));
  }
  return tests.as_array()->empty() ? Json() : tests;
}

Json convert_check(const Json& entry, const std::string& path, Remarks& remarks) {
  FluxFields fields(&entry, path, remarks);
  const auto api_version = fields.text("apiVersion");
  const auto slash = api_version.find('/');
  Json check;
  check.set("group", slash == std::string::npos ? "" : api_version.substr(0, slash));
  check.set("kind", fields.text("kind"));
  for (const auto* name : {"current", "failed", "inProgress"}) {
    const auto expression = fields.text(name);
    if (expression.empty()) continue;
    auto tests = convert_expression(trimmed(expression));
    if (tests.is_null()) {
      remarks.lose(path + "." + name,
                   "\"" + printable(expression, 120) +
                       "\" is no comparison that healthChecks of a Delivery can say; the kind is "
                       "judged by kstatus's rules unless you write one");
      // A health check of half its rules would be another rule.
      return {};
    }
    check.set(name, std::move(tests));
  }
  fields.lose_rest();
  if (check.find("current") == nullptr) return {};
  return check;
}

}  // namespace

Json convert_health_expressions(const Json& expressions, const std::string& path,
                                Remarks& remarks) {
  Json checks = Json::array();
  if (expressions.as_array() == nullptr) return checks;
  for (const auto& entry : *expressions.as_array()) {
    auto check = convert_check(entry, path, remarks);
    if (!check.is_null()) checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace sealift::console
