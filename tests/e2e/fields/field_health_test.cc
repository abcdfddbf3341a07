#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// When a delivery is done, and what becomes of one that is not.
using FieldHealth = FieldCase;

TEST_F(FieldHealth, WaitAndItsTimeout) {
  for (const std::string name : {"patient", "careless", "short"}) {
    put(name + "/a.yaml", hanging(name));
  }
  publish();
  declare("patient", folder("patient") + "  timeout: 1h\n");
  declare("careless", folder("careless") + "  wait: false\n");
  declare("short", folder("short") + "  timeout: 1s\n");
  expect_ready("careless");
  EXPECT_THAT(message_for("HealthCheckFailed", "short"),
              AllOf(HasSubstr("spec.timeout (1s)"),
                    HasSubstr("Deployment.apps " + name_ + "/short is InProgress")));
  expect_message("Deployment.apps " + name_ + "/patient is InProgress", "patient");
  EXPECT_EQ(condition("Reconciling", "patient").string_at({"status"}), "True");
  EXPECT_THAT(status_of("patient"),
              HasSubstr(R"("unhealthy":[{"group":"apps","health":"InProgress")"));
}

// A kind that has no conditions says how it is in its own fields.
TEST_F(FieldHealth, ChecksOfKindsWithoutConditions) {
  for (const std::string name : {"equal", "among", "there", "both", "failing", "busy", "other"}) {
    put(name + "/a.yaml", bare_map(name, "1"));
  }
  publish();
  const auto checked = [&](const std::string& name, const std::string& tests,
                           const std::string& kind = "ConfigMap") {
    declare(name, folder(name) + "  timeout: 1h\n  healthChecks:\n    - kind: " + kind +
                      "\n      group: \"\"\n" + tests);
  };
  const std::string current = "      current: ";
  checked("equal", current + "[{path: /data/phase, equals: Ready}]\n");
  checked("among", current + "[{path: /data/phase, in: [Idle, Ready]}]\n");
  checked("there", current + "[{path: /data/phase, exists: true}]\n");
  checked("both", current + "[{path: /data/phase, exists: true}, {path: /data/size, equals: 3}]\n");
  checked("failing", current + "[{path: /data/value, exists: true}]\n" +
                         "      failed: [{path: /data/phase, in: [Broken, Ready]}]\n");
  checked("busy", current + "[{path: /data/value, exists: true}]\n" +
                      "      inProgress: [{path: /data/phase, equals: Ready}]\n");
  // A check of another kind is none of its business.
  checked("other", current + "[{path: /data/phase, exists: true}]\n", "Service");
  for (const auto* name : {"failing", "busy", "other"}) expect_ready(name);
  for (const auto* name : {"equal", "among", "there", "both"}) {
    expect_message("/data/phase does not hold yet", name);
  }
  for (const auto* name : {"equal", "among", "there", "both", "failing", "busy"}) {
    patch(core("configmaps/") + name, R"({"data": {"phase": "Ready"}})");
  }
  for (const auto* name : {"equal", "among", "there"}) expect_ready(name);
  expect_message("/data/size does not hold yet", "both");
  EXPECT_THAT(message_for("HealthCheckFailed", "failing"), HasSubstr("a check for failure holds"));
  expect_message("a check for progress holds", "busy");
  patch(core("configmaps/both"), R"({"data": {"size": "3"}})");
  patch(core("configmaps/busy"), R"({"data": {"phase": "Done"}})");
  patch(core("configmaps/failing"), R"({"data": {"phase": "Repaired"}})");
  for (const auto* name : {"both", "busy", "failing"}) expect_ready(name);
}

TEST_F(FieldHealth, WhatFailsIsKeptOrRolledBack) {
  for (const std::string name : {"keep", "rollback"}) {
    put(name + "/a.yaml", bare_map(name, "1"));
  }
  publish();
  for (const std::string name : {"keep", "rollback"}) {
    declare(name, folder(name) + "  onFailure: " + name + "\n  timeout: 2s\n");
  }
  for (const std::string name : {"keep", "rollback"}) {
    expect_ready(name);
    change(name + "/a.yaml", "\"1\"", "\"2\"");
    put(name + "/web.yaml", hanging(name));
  }
  publish();
  EXPECT_THAT(message_for("RolledBack", "rollback"), HasSubstr("did not become healthy"));
  EXPECT_EQ(value_of("rollback"), "1");
  expect_gone(apps("deployments/rollback"));
  message_for("HealthCheckFailed", "keep");
  EXPECT_EQ(value_of("keep"), "2");
  EXPECT_FALSE(get(apps("deployments/keep")).is_null());
}

}  // namespace
}  // namespace sealift::e2e
