#include <gmock/gmock.h>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A statement that is not renewed, on a real API server. The puller has the shipped roles alone.
class ControllerFreshness : public ControllerCase {
 protected:
  // As a job of CI does it.
  void say_fresh() {
    test::ProcessOptions options;
    options.environment = {{"SEALIFT_PASSWORD", "pw"}};
    const auto done = test::run_process(
        {program("sealift"), "freshness", repository_ + ":prod", "--key", key_file()}, options);
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  void trust_for(const std::string& max_age) {
    more_policy_ = "  freshness: {maxAge: " + max_age + ", signers: [release]}\n";
    trust();
  }
};

TEST_F(ControllerFreshness, WhatRunsStaysAndIsNotReadyUntilSomebodySaysThatItIsTheNewest) {
  publish();
  say_fresh();
  trust_for("15s");
  start_puller();
  declare();
  wait_for("condition=Ready");
  expect_value("a", "1");

  const auto message = message_for("NotFresh");
  EXPECT_THAT(message, AllOf(HasSubstr("what runs stays; "), HasSubstr(digest_),
                             HasSubstr("may be 15s old, so that it has not counted since 20"),
                             HasSubstr("nobody renews them with sealift freshness")));
  EXPECT_EQ(condition("Ready").string_at({"status"}), "False");
  EXPECT_EQ(condition("Stalled").string_at({"reason"}), "NotFresh");
  EXPECT_TRUE(eventually([&] {
    return warnings().find("NotFresh: what runs stays; ") != std::string::npos;
  })) << warnings();
  // It is looked after as ever.
  kubectl({"patch", "configmap", "a", "--type=merge", "-p", R"({"data":{"value":"drifted"}})"});
  expect_value("a", "1");
  EXPECT_EQ(condition("Ready").string_at({"reason"}), "NotFresh");

  // What comes now needs a statement of its own.
  put("a.yaml", config_map("a", "2"));
  publish();
  EXPECT_THAT(message_for("Refused"),
              AllOf(HasSubstr(digest_), HasSubstr("a freshness statement")));
  EXPECT_EQ(value_of("a"), "1");
  // Time enough for the rest of the case.
  trust_for("1h");
  say_fresh();
  expect_value("a", "2");
  wait_for("condition=Ready");
}

TEST_F(ControllerFreshness, ReadyAgainWhenTheStatementIsRenewed) {
  publish();
  say_fresh();
  trust_for("10s");
  start_puller();
  declare();
  wait_for("condition=Ready");
  (void)message_for("NotFresh");
  say_fresh();
  EXPECT_THAT(message_for("Delivered"), HasSubstr("is delivered"));
  EXPECT_EQ(condition("Ready").string_at({"status"}), "True");
  EXPECT_TRUE(condition("Stalled").is_null());
  EXPECT_EQ(value_of("a"), "1");
}

}  // namespace
}  // namespace sealift::e2e
