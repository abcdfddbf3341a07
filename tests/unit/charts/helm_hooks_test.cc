#include <sealift/charts/helm_hooks.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::charts {
namespace {

using test::fails_with;

std::vector<objects::Object> parse(const std::string& annotations,
                                   const std::string& kind = "batch/v1\nkind: Job") {
  return objects::parse_objects("apiVersion: " + kind + "\nmetadata:\n  name: a\n  annotations: {" +
                                    annotations + "}\n",
                                "a.yaml")
      .value();
}

// "wave hook" of what is left; "none" where it is left out.
std::string turned(const std::string& annotations, HookMode mode = HookMode::kWaves,
                   const std::string& kind = "batch/v1\nkind: Job") {
  const auto objects = turn_hooks(parse(annotations, kind), mode).value();
  if (objects.empty()) return "none";
  const auto& object = objects.front();
  EXPECT_TRUE(mode == HookMode::kKeep || object.annotation("helm.sh/hook").empty());
  EXPECT_TRUE(mode == HookMode::kKeep || object.annotation("helm.sh/hook-weight").empty());
  return std::string(object.annotation("sealift.dev/wave")) + " " +
         std::string(object.annotation("sealift.dev/hook"));
}

TEST(TurnHooks, MakesWavesOfThoseThatAnApplyRuns) {
  EXPECT_EQ(turned("helm.sh/hook: pre-install"), "-500 true");
  EXPECT_EQ(turned("helm.sh/hook: \"test, pre-upgrade\", helm.sh/hook-weight: \"-5\""),
            "-505 true");
  EXPECT_EQ(turned("helm.sh/hook: post-install, helm.sh/hook-weight: \"+7\""), "507 true");
  EXPECT_EQ(turned("helm.sh/hook: post-upgrade, helm.sh/hook-weight: \"99999999999999\""),
            "900 true");
  EXPECT_EQ(turned("helm.sh/hook: pre-install, helm.sh/hook-weight: \"-99999999999999\""),
            "-900 true");
  EXPECT_EQ(turned("helm.sh/hook: pre-install, sealift.dev/wave: \"3\""), "3 true");
  EXPECT_EQ(turned("helm.sh/hook: pre-install", HookMode::kWaves, "v1\nkind: ConfigMap"), "-500 ");
}

TEST(TurnHooks, LeavesOutThoseThatNobodyRuns) {
  for (const char* hook : {"test", "pre-delete", "post-delete", "pre-rollback", "post-rollback"}) {
    EXPECT_EQ(turned(std::string("helm.sh/hook: ") + hook), "none");
  }
}

TEST(TurnHooks, KeepsOrDropsThem) {
  EXPECT_EQ(turned("helm.sh/hook: test", HookMode::kKeep), " ");
  EXPECT_EQ(turned("helm.sh/hook: pre-install", HookMode::kDrop), "none");
  EXPECT_EQ(turned("a: b", HookMode::kDrop), " ");
  EXPECT_EQ(turned("a: b"), " ");
}

TEST(TurnHooks, RefusesAWeightThatIsNoNumber) {
  EXPECT_THAT(
      turn_hooks(parse("helm.sh/hook: pre-install, helm.sh/hook-weight: heavy"), HookMode::kWaves),
      fails_with(ErrorCode::kInvalidInput,
                 "Job.batch a: helm.sh/hook-weight is heavy, and no number"));
}

}  // namespace
}  // namespace sealift::charts
