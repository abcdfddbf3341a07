#include <sealift/checks/check.h>
#include <sealift/checks/rule.h>

#include <set>

#include "check_sample.h"

namespace sealift::checks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kPod =
    "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, "
    "spec: {containers: [{image: a}]}}\n";

TEST(Check, ReadsAFileAsFarAsItCan) {
  const auto findings = check_text(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_Good}\n---\nkind: Pod\n---\n" +
      std::string(kPod));
  EXPECT_THAT(findings, ElementsAre(testing::Field(&Finding::rule, "invalid-manifest"),
                                    testing::Field(&Finding::rule, "invalid-manifest"),
                                    testing::Field(&Finding::rule, "image-tag")));
  EXPECT_EQ(findings[0].position.line, 1u);
  EXPECT_THAT(findings[0].message, HasSubstr("Not_Good"));
  EXPECT_EQ(findings[1].position.line, 5u);
  EXPECT_EQ(findings[2].position.line, 7u);
  EXPECT_EQ(findings[2].object, "Pod shop/a");
}

TEST(Check, SaysWhereTheTextIsBroken) {
  const auto findings = check_text("a: 1\nb: [\n");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].rule, "invalid-manifest");
  EXPECT_EQ(findings[0].severity, Severity::kError);
  EXPECT_EQ(findings[0].file, "f.yaml");
  EXPECT_GE(findings[0].position.line, 2u);
  EXPECT_THAT(findings[0].message, testing::Not(HasSubstr("f.yaml")));
}

TEST(Check, EndsAListOfFaults) {
  std::string yaml;
  for (int i = 0; i < 1000; ++i) yaml += "---\nkind: Pod\n";
  EXPECT_THAT(check_text(yaml), SizeIs(50));
}

TEST(Check, FindsOneObjectTwiceAcrossFiles) {
  std::vector<ManifestFile> files;
  files.push_back(ManifestFile::parse("b.yaml", kPod));
  files.push_back(ManifestFile::parse("a.yaml", std::string("---\n") + kPod));
  CheckOptions options;
  options.severities.emplace("image-tag", std::nullopt);
  const auto findings = check(files, options);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].rule, "duplicate-object");
  EXPECT_EQ(findings[0].file, "a.yaml");
  EXPECT_EQ(findings[0].position.line, 2u);
  EXPECT_EQ(findings[0].message, "is defined already at b.yaml:1:1");
}

TEST(Check, HeedsTheSeveritiesThatAreAskedFor) {
  CheckOptions options;
  options.severities["image-tag"] = Severity::kError;
  EXPECT_EQ(check_text(kPod, options).at(0).severity, Severity::kError);
  options.severities["image-tag"] = Severity::kNote;
  EXPECT_EQ(check_text(kPod, options).at(0).severity, Severity::kNote);
  options.severities["image-tag"] = std::nullopt;
  EXPECT_THAT(check_text(kPod, options), IsEmpty());
  options.severities["invalid-manifest"] = std::nullopt;
  EXPECT_THAT(check_text("kind: Pod\n", options), IsEmpty());
}

TEST(Check, SortsByFileAndPlace) {
  std::vector<ManifestFile> files;
  files.push_back(ManifestFile::parse(
      "z.yaml", "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n"));
  files.push_back(ManifestFile::parse(
      "a.yaml",
      "kind: Pod\nspec:\n  containers: [{image: a}]\napiVersion: v1\nmetadata: {name: a}\n---\n"
      "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"));
  std::vector<std::string> places;
  for (const auto& finding : check(files, {})) {
    places.push_back(finding.file + ":" + std::to_string(finding.position.line));
  }
  EXPECT_THAT(places, ElementsAre("a.yaml:3", "a.yaml:7", "z.yaml:1"));
}

TEST(Check, PlacesManyFindingsOfOneDocument) {
  std::string yaml = "apiVersion: v1\nkind: PodList\nitems:\n";
  for (int i = 0; i < 2000; ++i) {
    yaml += "- metadata: {name: p" + std::to_string(i) + "}\n  spec: {containers: [{image: a}]}\n";
  }
  const auto findings = check_text(yaml);
  ASSERT_THAT(findings, SizeIs(2000));
  EXPECT_EQ(findings.back().position.line, 3u + 2 * 2000);
  EXPECT_EQ(findings.back().object, "Pod p1999");
}

TEST(Rules, HaveWordsOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const auto& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.summary.empty() || rule.help.empty()) << rule.id;
    EXPECT_FALSE(rule.summary.ends_with(".")) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
  }
  EXPECT_EQ(find_rule("nonsense"), nullptr);
}

TEST(Severities, AreReadAsTheyAreWritten) {
  for (const auto severity : {Severity::kNote, Severity::kWarning, Severity::kError}) {
    EXPECT_EQ(parse_severity(to_string(severity)), severity);
  }
  EXPECT_EQ(parse_severity("off"), std::nullopt);
}

}  // namespace
}  // namespace sealift::checks
