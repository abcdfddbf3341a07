#include <sealift/charts/chart_file.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::charts {
namespace {

using test::fails_with;

constexpr const char* kShop =
    "apiVersion: v2\nname: shop\nversion: 1.2.3+build.7\nappVersion: \"4.5\"\n"
    "description: A shop\nkeywords: [a]\ndependencies:\n"
    "  - {name: common, version: 1.x, repository: \"file://../common\", alias: c}\n"
    "  - {name: redis, repository: \"https://charts.example\"}\n";

TEST(ChartFile, HasNameVersionsAndDependencies) {
  ASSERT_OK_ASSIGN(const auto chart, parse_chart_file(kShop, "Chart.yaml"));
  EXPECT_EQ(chart.name, "shop");
  EXPECT_EQ(chart.version, "1.2.3+build.7");
  EXPECT_EQ(chart.tag(), "1.2.3_build.7");
  EXPECT_EQ(chart.app_version, "4.5");
  EXPECT_EQ(chart.description, "A shop");
  ASSERT_EQ(chart.dependencies.size(), 2u);
  EXPECT_EQ(chart.dependencies[0].directory(), "../common");
  EXPECT_EQ(chart.dependencies[1].directory(), "");
  EXPECT_NE(chart.document.find("keywords"), nullptr);
}

TEST(ChartFile, TakesOtherVersions) {
  ASSERT_OK_ASSIGN(const auto chart, parse_chart_file(kShop, "Chart.yaml"));
  ASSERT_OK_ASSIGN(const auto other, chart.with_versions("2.0.0-rc.1", "5"));
  EXPECT_EQ(other.version, "2.0.0-rc.1");
  EXPECT_EQ(other.document.string_at({"version"}), "2.0.0-rc.1");
  EXPECT_EQ(other.document.string_at({"appVersion"}), "5");
  ASSERT_OK_ASSIGN(const auto same, chart.with_versions("", ""));
  EXPECT_EQ(same.document, chart.document);
  EXPECT_THAT(chart.with_versions("main", ""),
              fails_with(ErrorCode::kInvalidInput, "main is no semantic version"));
}

struct BadChart {
  std::string name;
  std::string text;
  std::string message;
};
class RefusedChart : public testing::TestWithParam<BadChart> {};

TEST_P(RefusedChart, SaysWhere) {
  EXPECT_THAT(parse_chart_file(GetParam().text, "a/Chart.yaml"),
              fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedChart,
    testing::Values(
        BadChart{"Empty", "", "a/Chart.yaml: must be one document, and is 0"},
        BadChart{"Two", "a: b\n---\na: b\n", "must be one document, and is 2"},
        BadChart{"NoApi", "name: a\nversion: 1.0.0\n", "a/Chart.yaml:1:1: apiVersion: is required"},
        BadChart{"OtherApi", "apiVersion: v3\n", "a/Chart.yaml:1:1: apiVersion: must be v1 or v2"},
        BadChart{"NoName", "apiVersion: v2\nversion: 1.0.0\n", "name: is required"},
        BadChart{"PathAsName", "apiVersion: v2\nname: ../x\nversion: 1.0.0\n",
                 "a/Chart.yaml:2:1: name: must have letters"},
        BadChart{"DotsAsName", "apiVersion: v2\nname: ..\nversion: 1.0.0\n", "name: must have"},
        BadChart{"NoVersion", "apiVersion: v2\nname: a\n", "version: is required"},
        BadChart{"Version", "apiVersion: v2\nname: a\nversion: latest\n",
                 "a/Chart.yaml:3:1: version: must be a semantic version"},
        BadChart{"VersionOfTwo", "apiVersion: v2\nname: a\nversion: \"1.2\"\n", "semantic version"},
        BadChart{"VersionWithZero", "apiVersion: v2\nname: a\nversion: 01.2.3\n", "semantic"},
        BadChart{"DependencyPath",
                 "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{name: a/b}]\n",
                 "dependencies[0].name: must have letters"},
        BadChart{"DependencyType", "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [a]\n",
                 "dependencies[0]: "}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sealift::charts
