#include <sealift/controller/delivery_resource.h>

#include <gtest/gtest.h>

#include <string>

#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

TEST(LiveDelivery, MayHaveObjectsWhereAnythingTellsOfThem) {
  const struct {
    const char* name;
    const char* group_kinds;
    const char* cluster;
    const char* status;
    bool may;
  } kCases[] = {
      {"nothing", "", "", "{}", false},
      {"refused so far", "", "", R"({"conditions":[]})", false},
      {"accepted", "", "", R"({"accepted":{"digest":"sha256:0"}})", true},
      {"from a backup", "ConfigMap", "", "{}", true},
      {"from a backup, of a remote cluster", "", "https://edge.test", "{}", true},
      {"a status that nobody can read", "", "", "{", true},
  };
  for (const auto& test : kCases) {
    LiveDelivery live;
    live.marks.group_kinds = test.group_kinds;
    live.cluster = test.cluster;
    live.status = test.status;
    EXPECT_EQ(live.may_have_objects(), test.may) << test.name;
  }
}

RunTrigger trigger_with(const std::string& annotations) {
  const auto json = parse_json(
      R"({"metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1",
          "generation": 1, "annotations": )" +
          annotations + "}}",
      "the test");
  EXPECT_OK(json);
  const auto live = observe_delivery(*json);
  EXPECT_OK(live);
  return live->trigger;
}

TEST(RunTrigger, ChangesWithTheAnnotationsThatAskForSomething) {
  const auto none = trigger_with("{}");
  for (const auto* asks :
       {R"({"sealift.dev/requestedAt": "now"})", R"({"reconcile.fluxcd.io/requestedAt": "now"})",
        R"({"sealift.dev/rollback-to": "sha256:1"})", R"({"sealift.dev/allow-dependents": "*"})",
        R"({"sealift.dev/rollbackto": "a misspelt one is told of"})"}) {
    EXPECT_NE(trigger_with(asks), none) << asks;
  }
  for (const auto* others : {R"({"note": "x"})", R"({"sealift.dev/cluster": "https://api.test"})",
                             R"({"applyset.kubernetes.io/tooling": "sealift/v0.1"})"}) {
    EXPECT_EQ(trigger_with(others), none) << others;
  }
  const auto padding = std::string(2000, 'a');
  EXPECT_NE(trigger_with(R"({"sealift.dev/allow-dependents": ")" + padding + R"(,b"})"),
            trigger_with(R"({"sealift.dev/allow-dependents": ")" + padding + R"(,c"})"));
}

}  // namespace
}  // namespace sealift::controller
