#include "support/result_matchers.h"

#include <sealift/project/plan.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::project {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::Pair;

const CommitFacts kFacts{"0123456789abcdef0123456789abcdef01234567", "feature/basket", ""};

Result<std::vector<PlannedArtifact>> plan(const std::string& artifacts,
                                          const CommitFacts& facts = kFacts) {
  SEALIFT_ASSIGN(
      const auto project,
      parse_project("apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n" + artifacts,
                    "sealift.yaml"));
  return make_plan(project, facts);
}

TEST(MakePlan, FillsInWhatHelmIsTold) {
  ASSERT_OK_ASSIGN(const auto planned, plan(R"(
  - name: shop-${env}
    path: charts/shop
    destination: oci://registry.example/shop
    tags: ["${env}"]
    matrix: {env: [prod]}
    helm:
      valuesFiles: ["values/${env}.yaml"]
      values: {env: "${env}", list: [{name: "${commit_short}"}], count: 3, "${env}": x}
      kubeVersion: "1.31"
      apiVersions: [a/v1]
      includeCRDs: false
      hooks: waves
)"));
  const auto& helm = planned.at(0).helm;
  ASSERT_TRUE(helm.has_value());
  EXPECT_EQ(helm->release, "shop-prod");
  EXPECT_EQ(helm->name_space, "default");
  EXPECT_THAT(helm->values_files, ElementsAre("values/prod.yaml"));
  EXPECT_EQ(dump_json(helm->values),
            R"({"env":"prod","list":[{"name":"0123456789ab"}],"count":3,"${env}":"x"})");
  EXPECT_FALSE(helm->include_crds);
  EXPECT_EQ(helm->hooks, charts::HookMode::kWaves);
}

TEST(MakePlan, GivesAChartNoTagsButItsOwn) {
  ASSERT_OK_ASSIGN(const auto planned, plan(R"(
  - {name: a, kind: chart, destination: "oci://r.example/a", chart: {version: "1.0.0-${commit_short}"}}
  - {name: b, kind: chart, destination: "oci://r.example/b", tags: [stable]}
)"));
  EXPECT_EQ(planned.at(0).chart->version, "1.0.0-0123456789ab");
  EXPECT_THAT(planned.at(0).tags, testing::IsEmpty());
  EXPECT_THAT(planned.at(1).tags, ElementsAre(PlannedTag{"stable", false}));
}

TEST(MakePlan, FillsInEachCell) {
  ASSERT_OK_ASSIGN(const auto planned, plan(R"(
  - name: shop-${env}
    path: ./deploy/${env}/
    destination: oci://registry.example/${env}/shop
    tags: ["${branch//\\//-}", "${commit_short}", "${tag:-untagged}"]
    annotations: {environment: "${env}"}
    matrix: {env: [dev, prod]}
)"));
  ASSERT_EQ(planned.size(), 2u);
  const auto& prod = planned[1];
  EXPECT_EQ(prod.name, "shop-prod");
  EXPECT_EQ(prod.path, "deploy/prod");
  EXPECT_EQ(prod.destination.to_string(), "oci://registry.example/prod/shop");
  EXPECT_THAT(prod.tags,
              ElementsAre(PlannedTag{"feature-basket", false}, PlannedTag{"0123456789ab", true},
                          PlannedTag{"untagged", true}));
  EXPECT_THAT(prod.annotations, ElementsAre(Pair("environment", "prod")));
  EXPECT_THAT(prod.cell, ElementsAre(Pair("env", "prod")));
}

TEST(MakePlan, WithoutTagsItIsTheLatest) {
  ASSERT_OK_ASSIGN(const auto planned, plan("- {name: a, path: ., destination: \"oci-layout:x\"}"));
  EXPECT_THAT(planned.at(0).tags, ElementsAre(PlannedTag{"latest", false}));
  EXPECT_EQ(planned.at(0).path, "");
}

struct BadPlan {
  const char* name;
  std::string artifacts;
  std::string message;
};

class RefusedPlan : public testing::TestWithParam<BadPlan> {};

TEST_P(RefusedPlan, IsAnErrorThatSaysWhere) {
  EXPECT_THAT(plan(GetParam().artifacts), fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedPlan,
    testing::Values(
        BadPlan{"NoValue", "- {name: a, destination: \"oci://r.example/a\", tags: [\"${tag}\"]}",
                "sealift.yaml:4:47: artifacts[0].tags: ${tag} has no value; known here: branch, "
                "commit, commit_short; ${tag:-TEXT} gives it a default"},
        BadPlan{"BadName", "- {name: \"${branch}\", destination: \"oci://r.example/a\"}",
                "artifacts[0].name: \"feature/basket\""},
        BadPlan{"ValuesOutside",
                "- {name: a, destination: \"oci://r.example/a\", helm: {valuesFiles: [../x]}}",
                "artifacts[0].helm.valuesFiles: \"../x\" must be a path below"},
        BadPlan{"ReleaseName",
                "- {name: a, destination: \"oci://r.example/a\", helm: {releaseName: -x}}",
                "artifacts[0].helm.releaseName: \"-x\": "},
        BadPlan{"HelmAndChart",
                "- {name: a, destination: \"oci://r.example/a\", helm: {}, kind: chart}",
                "artifacts[0].helm: renders a chart"},
        BadPlan{"Hooks", "- {name: a, destination: \"oci://r.example/a\", helm: {hooks: run}}",
                "artifacts[0].helm.hooks: must be keep, drop or waves"},
        BadPlan{"ChartOfManifests",
                "- {name: a, destination: \"oci://r.example/a\", chart: {version: 1.0.0}}",
                "artifacts[0].chart: is for kind: chart"},
        BadPlan{"Kind", "- {name: a, destination: \"oci://r.example/a\", kind: image}",
                "artifacts[0].kind: must be manifests or chart"},
        BadPlan{"BadTag", "- {name: a, destination: \"oci://r.example/a\", tags: [\"${branch}\"]}",
                "\"feature/basket\" is no tag"},
        BadPlan{"BadExpression", "- {name: a, destination: \"oci://r.example/a\", path: \"${\"}",
                "artifacts[0].path"},
        BadPlan{"PathAbove", "- {name: a, destination: \"oci://r.example/a\", path: a/../..}",
                "below the repository's root"},
        BadPlan{"AbsolutePath", "- {name: a, destination: \"oci://r.example/a\", path: /etc}",
                "below the repository's root"},
        BadPlan{"NoReference", "- {name: a, destination: r.example/a}", "artifacts[0].destination"},
        BadPlan{"TagInDestination", "- {name: a, destination: \"oci://r.example/a:v1\"}",
                "must name a repository"},
        BadPlan{"SameName",
                "- {name: a, destination: \"oci://r.example/a\"}\n"
                "- {name: a, destination: \"oci://r.example/b\"}",
                "sealift.yaml:5:4: artifacts[1].name: there is another artifact \"a\""},
        BadPlan{"SameNameInCells",
                "- {name: a, destination: \"oci://r.example/a\", matrix: {env: [x, y]}}",
                "each cell of a matrix needs a name of its own"},
        BadPlan{"SamePlace",
                "- {name: a, destination: \"oci://r.example/a\"}\n"
                "- {name: b, destination: \"oci://r.example/a\"}",
                "\"b\" and \"a\" would both be oci://r.example/a:latest"},
        BadPlan{"NothingLeft",
                "- {name: a, destination: \"oci://r.example/a\", matrix: {env: [x]}, exclude: "
                "[{env: x}]}",
                "leaves no cell"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace sealift::project
