#include "support/result_matchers.h"

#include <sealift/project/project.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::project {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kHead = "apiVersion: sealift.dev/v1alpha1\nkind: Project\n";

Result<Project> parse(std::string_view rest) {
  return parse_project(std::string(kHead) + std::string(rest), "sealift.yaml");
}

TEST(ParseProject, ReadsAnArtifact) {
  ASSERT_OK_ASSIGN(const auto project, parse(R"(
artifacts:
  - name: shop
    path: deploy/shop
    destination: oci://registry.example/apps/shop
    tags: ["${branch}", "${commit_short}"]
    annotations: {team: shop}
)"));
  ASSERT_EQ(project.artifacts.size(), 1u);
  const auto& shop = project.artifacts[0];
  EXPECT_EQ(shop.name, "shop");
  EXPECT_EQ(shop.path, "deploy/shop");
  EXPECT_EQ(shop.destination, "oci://registry.example/apps/shop");
  EXPECT_THAT(shop.tags, ElementsAre("${branch}", "${commit_short}"));
  EXPECT_THAT(shop.annotations, ElementsAre(Pair("team", "shop")));
  EXPECT_THAT(shop.matrix.cells(), ElementsAre(IsEmpty()));
  EXPECT_EQ(shop.field, "artifacts[0]");
}

TEST(ParseProject, DefaultsAreOfThoseThatSayNothing) {
  ASSERT_OK_ASSIGN(const auto project, parse(R"(
defaults:
  destination: oci://registry.example/${name}
  tags: [main]
  annotations: {owner: platform, tier: web}
artifacts:
  - {name: a}
  - {name: b, destination: "oci-layout:out", tags: [v1], annotations: {tier: data}}
)"));
  ASSERT_EQ(project.artifacts.size(), 2u);
  const auto& a = project.artifacts[0];
  EXPECT_EQ(a.destination, "oci://registry.example/${name}");
  EXPECT_THAT(a.tags, ElementsAre("main"));
  EXPECT_THAT(a.annotations, ElementsAre(Pair("owner", "platform"), Pair("tier", "web")));
  const auto& b = project.artifacts[1];
  EXPECT_EQ(b.destination, "oci-layout:out");
  EXPECT_THAT(b.tags, ElementsAre("v1"));
  EXPECT_THAT(b.annotations, ElementsAre(Pair("owner", "platform"), Pair("tier", "data")));
}

TEST(ParseProject, ChecksAreMergedWithTheDefaults) {
  ASSERT_OK_ASSIGN(const auto project, parse(R"(
defaults:
  destination: oci://registry.example/apps
  checks: {kubeVersion: "1.30", severities: {image-tag: error, plain-secret: "off"}}
artifacts:
  - name: web
  - name: api
    checks: {allowSecrets: true, severities: {image-tag: note}, definitions: [crds]}
)"));
  EXPECT_FALSE(project.artifacts[0].checks.allow_secrets);
  EXPECT_EQ(project.artifacts[0].checks.severities.at("image-tag"), checks::Severity::kError);
  const auto& api = project.artifacts[1].checks;
  EXPECT_TRUE(api.allow_secrets);
  EXPECT_EQ(api.kube_version, "1.30");
  EXPECT_EQ(api.severities.at("image-tag"), checks::Severity::kNote);
  EXPECT_EQ(api.severities.at("plain-secret"), std::nullopt);
  EXPECT_THAT(api.definitions, ElementsAre("crds"));
}

TEST(ParseProject, RefusesChecksThatThereAreNot) {
  const std::string artifact = "artifacts:\n  - {name: a, destination: \"oci://r.example/a\", ";
  EXPECT_THAT(parse(artifact + "checks: {severities: {image-tags: error}}}\n"),
              fails_with(ErrorCode::kInvalidInput, "there is no rule \"image-tags\", but "));
  EXPECT_THAT(parse(artifact + "checks: {severities: {image-tag: fatal}}}\n"),
              fails_with(ErrorCode::kInvalidInput, "error, warning, note or off"));
}

TEST(ParseProject, AMatrixHasAllCombinationsButTheExcluded) {
  ASSERT_OK_ASSIGN(const auto project, parse(R"(
artifacts:
  - name: shop-${env}-${shard}
    destination: oci://registry.example/shop
    matrix:
      env: [dev, prod]
      shard: [1, 2, true]
    exclude:
      - {env: dev, shard: 2}
      - shard: true
)"));
  const auto cell = [](const char* env, const char* shard) {
    return Matrix::Cell{{"env", env}, {"shard", shard}};
  };
  EXPECT_THAT(project.artifacts[0].matrix.cells(),
              ElementsAre(cell("dev", "1"), cell("prod", "1"), cell("prod", "2")));
}

struct BadProject {
  const char* name;
  std::string text;
  std::string message;
};

class RefusedProject : public testing::TestWithParam<BadProject> {};

std::string artifact(const std::string& more) {
  return "artifacts:\n- name: shop\n  destination: oci://r.example/shop\n" + more;
}

TEST_P(RefusedProject, IsAnErrorThatSaysWhere) {
  EXPECT_THAT(parse(GetParam().text), fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedProject,
    testing::Values(
        BadProject{"NoArtifacts", "", "artifacts: must have at least one"},
        BadProject{"Unknown", artifact("  pth: deploy\n"), "sealift.yaml:6:3: artifacts[0].pth"},
        BadProject{"NoName", "artifacts:\n- path: x\n", "artifacts[0].name: is required"},
        BadProject{"NoDestination", "artifacts:\n- name: x\n", "here or in defaults"},
        BadProject{"WrongType", artifact("  tags: v1\n"), "sealift.yaml:6:3: artifacts[0].tags"},
        BadProject{"TwoDocuments", artifact("") + "---\na: 1\n", "must be one document, and is 2"},
        BadProject{"FactAsVariable", artifact("  matrix: {branch: [a]}\n"), "is the commit's"},
        BadProject{"BadVariable", artifact("  matrix: {a-b: [a]}\n"), "variable's name"},
        BadProject{"NoValues", artifact("  matrix: {env: []}\n"), "at least one value"},
        BadProject{"ValueTwice", artifact("  matrix: {env: [a, a]}\n"), "has a value twice"},
        BadProject{"NestedValue", artifact("  matrix: {env: [[a]]}\n"), "not array"},
        BadProject{"ExcludesNothing", artifact("  matrix: {env: [a]}\n  exclude: [{env: b}]\n"),
                   "artifacts[0].exclude[0].env: the matrix has no such value"},
        BadProject{"ExcludesAll", artifact("  matrix: {env: [a]}\n  exclude: [{}]\n"),
                   "must name at least one variable"},
        BadProject{"LongText", artifact("  path: " + std::string(1'025, 'x') + "\n"),
                   "at most 1024 characters"},
        BadProject{
            "ManyCells",
            artifact(
                "  matrix:\n    a: [1,2,3,4,5,6,7,8,9,10]\n    b: [1,2,3,4,5,6,7,8,9,10]\n"
                "    c: [1,2,3,4,5,6,7,8,9,10]\n    d: [1,2,3,4,5,6,7,8,9,10]\n    e: [1,2]\n"),
            "more than 10000 cells"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseProject, SaysOfWhichKindItIs) {
  EXPECT_THAT(parse_project("apiVersion: v1\nkind: Project\n", "s.yaml"),
              fails_with(ErrorCode::kInvalidInput, "s.yaml:1:1: apiVersion: must be sealift.dev"));
  EXPECT_THAT(parse_project("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n", "s.yaml"),
              fails_with(ErrorCode::kInvalidInput, "s.yaml:2:1: kind: must be Project"));
  EXPECT_THAT(parse_project("[]", "s.yaml"), fails_with(ErrorCode::kInvalidInput, "an object"));
}

}  // namespace
}  // namespace sealift::project
