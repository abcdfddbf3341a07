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
