#include <sealift/base/json.h>
#include <sealift/checks/report.h>
#include <sealift/checks/rule.h>

#include <fstream>
#include <set>

#include "check_sample.h"

namespace sealift::checks {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Finding finding(std::string_view rule, Severity severity, std::string file,
                objects::SourcePosition position, std::string message) {
  Finding made;
  made.rule = rule;
  made.severity = severity;
  made.object = "Deployment.apps shop/web";
  made.file = std::move(file);
  made.position = position;
  made.field = "/spec/a~1b";
  made.message = std::move(message);
  made.advice = "mend it";
  return made;
}

// All severities, a file with an odd name and one without a finding, and marks that a format gives
// a meaning to.
Report sample() {
  Report report;
  report.files = {"./deploy/web.yaml", "deploy/größe 100%.yaml", "clean.yaml"};
  report.objects = 5;
  report.options.kube_version = {1, 34};
  report.options.severities[std::string(kDuplicateObject)] = std::nullopt;
  report.tool_version = "0.1.0";
  report.findings = {
      finding(kRemovedApi, Severity::kError, "./deploy/web.yaml", {3, 1}, "is gone"),
      finding(kImageTag, Severity::kWarning, "./deploy/web.yaml", {12, 9}, "\"web:1\" <moves>"),
      finding(kPlainSecret, Severity::kError, "deploy/größe 100%.yaml", {1, 2}, "holds 'a' & 'b'"),
      finding(kPlainSecret, Severity::kError, "deploy/größe 100%.yaml", {1, 2}, "holds another"),
      finding(kDeprecatedApi, Severity::kNote, "deploy/größe 100%.yaml", {2, 1}, "is going"),
  };
  Finding broken;
  broken.rule = kInvalidManifest;
  broken.file = "deploy/größe 100%.yaml";
  broken.message = "is no YAML";
  report.findings.push_back(std::move(broken));
  return report;
}

std::string golden(const std::string& name) {
  std::ifstream stream(std::string(SEALIFT_TEST_DATA) + "/checks/" + name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ReportGolden : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ReportGolden, IsWrittenByteForByte) {
  const auto& [format, file] = GetParam();
  ASSERT_TRUE(parse_report_format(format));
  EXPECT_EQ(write_report(sample(), *parse_report_format(format)), golden(file));
}

INSTANTIATE_TEST_SUITE_P(Formats, ReportGolden,
                         testing::Values(std::pair("text", "report.txt"),
                                         std::pair("json", "report.json"),
                                         std::pair("sarif", "report.sarif"),
                                         std::pair("junit", "report.xml"),
                                         std::pair("code-quality", "report.code-quality.json")));

TEST(ReportFormats, AreKnownByName) {
  EXPECT_EQ(parse_report_format("yaml"), std::nullopt);
  EXPECT_EQ(parse_report_format("sarif"), ReportFormat::kSarif);
}

TEST(Report, IsWellFormedWithoutFindings) {
  Report report;
  EXPECT_EQ(write_report(report, ReportFormat::kText),
            "0 objects in 0 files: 0 errors, 0 warnings, 0 notes\n");
  EXPECT_EQ(write_report(report, ReportFormat::kCodeQuality), "[]\n");
  const auto sarif = parse_json(write_report(report, ReportFormat::kSarif), "sarif");
  ASSERT_TRUE(sarif);
  const Json& run = sarif->find("runs")->as_array()->front();
  EXPECT_THAT(*run.find("results")->as_array(), SizeIs(0));
}

TEST(Sarif, PointsEachResultAtItsRule) {
  const auto sarif = parse_json(write_report(sample(), ReportFormat::kSarif), "sarif");
  ASSERT_TRUE(sarif);
  EXPECT_EQ(sarif->string_at({"version"}), "2.1.0");
  const Json& run = sarif->find("runs")->as_array()->front();
  const auto& known = *run.find_path({"tool", "driver", "rules"})->as_array();
  ASSERT_THAT(known, SizeIs(rules().size()));
  for (const auto& result : *run.find("results")->as_array()) {
    const auto index = result.find("ruleIndex")->as_int64();
    ASSERT_TRUE(index);
    EXPECT_EQ(known.at(static_cast<std::size_t>(*index)).string_at({"id"}),
              result.string_at({"ruleId"}));
    const Json* region =
        result.find("locations")->as_array()->front().find_path({"physicalLocation", "region"});
    // Lines begin with 1; a finding on a whole file has none.
    if (region != nullptr) {
      EXPECT_GE(*region->find("startLine")->as_int64(), 1);
    }
  }
}

TEST(Fingerprints, OutliveAMoveToAnotherLine) {
  const auto prints = [](const Report& report) {
    std::vector<std::string> all;
    const auto json = parse_json(write_report(report, ReportFormat::kCodeQuality), "issues");
    for (const auto& issue : *json->as_array()) {
      all.emplace_back(issue.string_at({"fingerprint"}));
    }
    return all;
  };
  Report moved = sample();
  for (auto& finding : moved.findings) finding.position.line += 7;
  moved.findings.front().message = "in other words";
  EXPECT_EQ(prints(moved), prints(sample()));
  const auto all = prints(sample());
  EXPECT_THAT((std::set<std::string>(all.begin(), all.end())), SizeIs(all.size()));
  moved.findings.front().field = "/other";
  EXPECT_NE(prints(moved).front(), all.front());
}

TEST(Junit, HoldsNoCharacterThatXmlForbids) {
  Report report = sample();
  report.files = {"a\x01\"<b>&.yaml"};
  report.findings = {finding(kPlainSecret, Severity::kError, "a\x01\"<b>&.yaml", {1, 1},
                             std::string("bell \x07 nul \0 bad \xff ]]>", 22))};
  const auto xml = write_report(report, ReportFormat::kJunit);
  for (const char c : xml) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  }
  EXPECT_THAT(xml, HasSubstr("classname=\"a\\x01&quot;&lt;b&gt;&amp;.yaml\""));
  EXPECT_THAT(xml, HasSubstr("bell \\x07 nul \\x00 bad \\xff ]]&gt;"));
  EXPECT_THAT(xml, Not(HasSubstr("\xff")));
}

TEST(TextReport, IsFitForATerminal) {
  Report report = sample();
  report.findings = {finding(kPlainSecret, Severity::kError, "\033]0;owned\007.yaml", {1, 1}, "a")};
  EXPECT_THAT(write_report(report, ReportFormat::kText), Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace sealift::checks
