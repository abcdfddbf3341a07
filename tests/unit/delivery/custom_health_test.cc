#include <sealift/delivery/custom_health.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::delivery {
namespace {

using Operator = FieldTest::Operator;
using testing::HasSubstr;

Json parsed(const std::string& yaml) {
  return objects::parse_yaml(yaml, "live.yaml").value().front().value;
}

CustomHealth database_check() {
  CustomHealth check;
  check.group = "db.example.com";
  check.kind = "Database";
  check.current = {{"/status/phase", Operator::kIn, {"Ready", "Serving"}},
                   {"/status/url", Operator::kExists, {}}};
  check.failed = {{"/status/phase", Operator::kEquals, {"Broken"}}};
  check.in_progress = {{"/status/replicas/[zone=a]/ready", Operator::kEquals, {0}}};
  return check;
}

objects::HealthStatus database_with(const std::string& rest) {
  return health_of(parsed("apiVersion: db.example.com/v1\nkind: Database\nmetadata: {name: d, "
                          "generation: 2}\n" +
                          rest),
                   {database_check()}, std::nullopt);
}

struct Case {
  const char* rest;
  const char* health;
  const char* reason;
};

class CustomHealthOf : public testing::TestWithParam<Case> {};

TEST_P(CustomHealthOf, FollowsTheChecks) {
  const auto& [rest, health, reason] = GetParam();
  const auto status = database_with(rest);
  EXPECT_EQ(objects::to_string(status.health), health) << status.reason;
  EXPECT_THAT(status.reason, HasSubstr(reason));
}

INSTANTIATE_TEST_SUITE_P(
    Database, CustomHealthOf,
    testing::Values(
        Case{"", "InProgress", "the check of /status/phase does not hold yet"},
        Case{"status: {phase: Ready}", "InProgress", "the check of /status/url does not hold yet"},
        Case{"status: {phase: Ready, url: x}", "Current", "all its checks hold"},
        Case{"status: {phase: Serving, url: x}", "Current", ""},
        Case{"status: {phase: Starting, url: x}", "InProgress", "/status/phase"},
        Case{"status: {phase: [Ready], url: x}", "InProgress", "/status/phase"},
        Case{"status: {phase: Broken, url: x}", "Failed", "a check for failure holds"},
        Case{"status: {phase: Ready, url: x, replicas: [{zone: b, ready: 0}]}", "Current", ""},
        Case{"status: {phase: Ready, url: x, replicas: [{zone: a, ready: 0}]}", "InProgress",
             "a check for progress holds"},
        // The controller has not seen what we want yet: its status is about something else.
        Case{"status: {phase: Ready, url: x, observedGeneration: 1}", "InProgress", "generation 1"},
        Case{"status: {phase: Ready, url: x, observedGeneration: 2}", "Current", ""},
        // The kind's own conditions do not count where a check says how it is.
        Case{"status: {phase: Ready, url: x, conditions: [{type: Ready, status: 'False'}]}",
             "Current", ""}));

TEST(CustomHealth, DeletionComesFirst) {
  const auto live = parsed(
      "{apiVersion: db.example.com/v1, kind: Database, metadata: {name: d, deletionTimestamp: x}, "
      "status: {phase: Ready, url: x}}");
  EXPECT_EQ(health_of(live, {database_check()}, std::nullopt).health,
            objects::Health::kTerminating);
}

TEST(CustomHealth, ComparesNumbersAndBooleansWithTheirText) {
  CustomHealth check;
  check.kind = "Thing";
  check.current = {{"/status/ready", Operator::kEquals, {"true"}},
                   {"/status/count", Operator::kEquals, {3}}};
  const auto health = [&](const std::string& status) {
    return health_of(parsed("{apiVersion: v1, kind: Thing, status: " + status + "}"), {check},
                     std::nullopt)
        .health;
  };
  EXPECT_EQ(health("{ready: true, count: 3}"), objects::Health::kCurrent);
  EXPECT_EQ(health("{ready: 'true', count: '3'}"), objects::Health::kCurrent);
  EXPECT_EQ(health("{ready: false, count: 3}"), objects::Health::kInProgress);
  EXPECT_EQ(health("{ready: true, count: 4}"), objects::Health::kInProgress);
}

TEST(CustomHealth, IsForItsGroupAndKindAlone) {
  const auto health = [](const char* api_version, const char* kind) {
    return health_of(parsed("{apiVersion: " + std::string(api_version) + ", kind: " + kind + "}"),
                     {database_check()}, std::nullopt)
        .health;
  };
  EXPECT_EQ(health("db.example.com/v2", "Database"), objects::Health::kInProgress);
  EXPECT_EQ(health("db.example.com/v1", "Backup"), objects::Health::kCurrent);
  EXPECT_EQ(health("example.com/v1", "Database"), objects::Health::kCurrent);
  EXPECT_EQ(health("v1", "Database"), objects::Health::kCurrent);
}

TEST(CustomHealth, WaitsForAJobsWork) {
  const auto job = [](const std::string& status) {
    return parsed("{apiVersion: batch/v1, kind: Job, metadata: {name: j}, status: " + status + "}");
  };
  const auto health = [&](const std::string& status) {
    return objects::to_string(health_of(job(status), {}, std::nullopt).health);
  };
  const std::string started = "startTime: '2026-01-01T00:00:00Z'";
  const auto condition = [&](const std::string& type) {
    return "{" + started + ", conditions: [{type: " + type + ", status: 'True'}]}";
  };
  EXPECT_EQ(health("{}"), "InProgress");
  EXPECT_EQ(health("{" + started + "}"), "InProgress");
  EXPECT_EQ(health(condition("Complete")), "Current");
  EXPECT_EQ(health(condition("Failed")), "Failed");
  EXPECT_EQ(health(condition("Suspended")), "Current");
  EXPECT_TRUE(is_completed_job(job(condition("Complete"))));
  EXPECT_FALSE(is_completed_job(job(condition("Failed"))));
  EXPECT_FALSE(is_completed_job(job(condition("Suspended"))));
  EXPECT_FALSE(is_completed_job(job("{" + started + "}")));
  EXPECT_FALSE(is_completed_job(
      parsed("{apiVersion: example.com/v1, kind: Job, status: " + condition("Complete") + "}")));
}

}  // namespace
}  // namespace sealift::delivery
