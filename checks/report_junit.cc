#include <sealift/base/encoding.h>
#include <sealift/checks/rule.h>

#include <map>
#include <utility>

#include "report_writers.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;

// XML 1.0, section 2.2: most control characters can't be written at all, so they are shown.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text, kMaxTextBytes)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&apos;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string line_of(const Finding& finding) {
  return escape(finding.file) + ":" + std::to_string(finding.position.line) + ":" +
         std::to_string(finding.position.column) + ": " + std::string(to_string(finding.severity)) +
         ": " + escape(description(finding)) + "\n";
}

// What one rule said of one file.
struct Case {
  std::vector<const Finding*> errors;
  std::vector<const Finding*> others;  // no failures: they do not fail the command either
};

std::string write_case(std::string_view file, std::string_view rule, const Case& outcome) {
  std::string text = "    <testcase classname=\"" + escape(file) + "\" name=\"" + escape(rule) +
                     "\" file=\"" + escape(file) + "\"";
  if (outcome.errors.empty() && outcome.others.empty()) return text + "/>\n";
  text += ">\n";
  if (!outcome.errors.empty()) {
    const auto number = outcome.errors.size();
    const std::string message = number == 1
                                    ? description(*outcome.errors.front())
                                    : std::to_string(number) + " findings of " + std::string(rule);
    text += "      <failure type=\"" + escape(rule) + "\" message=\"" + escape(message) + "\">";
    for (const auto* finding : outcome.errors) text += line_of(*finding);
    text += "</failure>\n";
  }
  if (!outcome.others.empty()) {
    text += "      <system-out>";
    for (const auto* finding : outcome.others) text += line_of(*finding);
    text += "</system-out>\n";
  }
  return text + "    </testcase>\n";
}

}  // namespace

std::string write_junit(const Report& report) {
  std::map<std::pair<std::string_view, std::string_view>, Case> cases;
  for (const auto& finding : report.findings) {
    Case& outcome = cases[{finding.file, finding.rule}];
    (finding.severity == Severity::kError ? outcome.errors : outcome.others).push_back(&finding);
  }
  std::string body;
  std::size_t tests = 0;
  std::size_t failures = 0;
  for (const auto& file : report.files) {
    for (const auto& rule : rules()) {
      if (!report.options.severity_of(rule.id)) continue;
      const Case& outcome = cases[{file, rule.id}];
      body += write_case(file, rule.id, outcome);
      ++tests;
      if (!outcome.errors.empty()) ++failures;
    }
  }
  const std::string counts = " tests=\"" + std::to_string(tests) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"0\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
         ">\n  <testsuite name=\"sealift check\"" + counts + ">\n" + body +
         "  </testsuite>\n</testsuites>\n";
}

}  // namespace sealift::checks
