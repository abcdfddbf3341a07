#include <gmock/gmock.h>

#include "delivery_case.h"

namespace sealift::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClusterHealth : public DeliveryCase {
 protected:
  // Its pods never become ready.
  void hang() {
    change("web.yaml", "    metadata:\n      labels:",
           "    metadata:\n      annotations: {sealift.test/hang: \"true\"}\n      labels:");
  }
  void heal() { change("web.yaml", "      annotations: {sealift.test/hang: \"true\"}\n", ""); }
};

TEST_F(ClusterHealth, WhatNeverBecomesReadyEndsTheRunAndAFixHealsIt) {
  put_shop();
  hang();
  publish();
  more_spec_ = "  timeout: 2s\n";
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 6) << run;
  EXPECT_EQ(run.kind(), "failed");
  EXPECT_EQ(run.stage(), "wait");
  EXPECT_THAT(run.reason(), HasSubstr("spec.timeout (2s)"));
  EXPECT_THAT(run.reason(), HasSubstr("Deployment.apps " + name_ + "/shop-web is InProgress"));
  EXPECT_EQ(decisions().back().string_at({"reason"}), run.reason());

  // It goes on waiting, and sends nothing again.
  proxy_.forget_requests();
  EXPECT_EQ(deliver().stage(), "wait");
  EXPECT_TRUE(proxy_.writes().empty());

  heal();
  publish();
  more_spec_ = "";
  const auto healed = deliver();
  EXPECT_EQ(healed.exit_code, 0) << healed;
  EXPECT_EQ(healed.count("applied"), 1);
  EXPECT_EQ(deployment().find_path({"status", "availableReplicas"})->as_int64(), 3);
}

// Nothing is taken away before its replacement is healthy.
TEST_F(ClusterHealth, PruneWaitsForHealth) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  hang();
  drop("promotion.yaml");
  publish();
  more_spec_ = "  timeout: 2s\n";
  EXPECT_EQ(deliver().stage(), "wait");
  const auto promotion = promotion_path();
  EXPECT_FALSE(get(promotion).is_null());
  heal();
  publish();
  more_spec_ = "";
  const auto run = deliver();
  EXPECT_EQ(run.count("pruned"), 1) << run;
  EXPECT_TRUE(get(promotion).is_null());
}

TEST_F(ClusterHealth, WhatHasFailedForGoodEndsTheRunAtOnce) {
  put_shop();
  hang();
  change("web.yaml", "  replicas: 3\n", "  replicas: 3\n  progressDeadlineSeconds: 1\n");
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 7) << run;
  EXPECT_EQ(run.stage(), "wait");
  EXPECT_THAT(run.reason(), HasSubstr("Deployment.apps " + name_ + "/shop-web is Failed"));
}

TEST_F(ClusterHealth, WithoutWaitTheRunEndsWithTheApply) {
  put_shop();
  hang();
  publish();
  more_spec_ = "  wait: false\n";
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(deliver().kind(), "unchanged");
}

// A wave begins when the one before is healthy, and also after a run that gave up on that one.
TEST_F(ClusterHealth, AWaveWaitsForTheOneBefore) {
  put_small();
  change("b.yaml", "metadata: {", "metadata: {annotations: {sealift.dev/wave: \"1\"}, ");
  put("web.yaml",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + name_ +
          "}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: "
          "{app: web}, annotations: {sealift.test/hang: \"true\"}}\n    spec:\n      containers: "
          "[{name: web, image: example.com/web}]\n");
  publish();
  more_spec_ = "  timeout: 2s\n";
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto run = deliver();
    EXPECT_EQ(run.stage(), "wait") << run;
    EXPECT_THAT(run.reason(), HasSubstr("before the next stage"));
    EXPECT_TRUE(config_map_at("b").is_null());
  }
  change("web.yaml", ", annotations: {sealift.test/hang: \"true\"}", "");
  publish();
  more_spec_ = "";
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("b"), "1");
}

// What drifted and is left so must not be waited for.
TEST_F(ClusterHealth, WhatIsDetectedAsGoneIsNotWaitedFor) {
  put_small();
  put("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
                          "}\nspec: {ports: [{port: 80}]}\n");
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"delete", "service/web"});
  for (const auto* mode : {"detect", "ignore"}) {
    put("a.yaml", config_map("a", mode));
    publish();
    more_spec_ = std::string("  timeout: 20s\n  drift: ") + mode + "\n";
    const auto run = deliver();
    EXPECT_EQ(run.exit_code, 0) << run;
    EXPECT_EQ(value_of("a"), mode);
  }
}

}  // namespace
}  // namespace sealift::e2e
