#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Jobs of the artifact, whose pods complete, or fail where `pod` says so.
class FieldJob : public FieldCase {
 protected:
  static constexpr const char* kHook = "annotations: {sealift.dev/hook: \"true\"}";
  static constexpr const char* kFails = "annotations: {sealift.test/fail: \"true\"}";

  std::string job(const std::string& name, const std::string& metadata = {},
                  const std::string& pod = {}) const {
    return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: " + name +
           (metadata.empty() ? "" : ", " + metadata) +
           "}\nspec:\n  backoffLimit: 0\n  template:\n    metadata: {" + pod +
           "}\n    spec: {restartPolicy: Never, containers: [{name: work, image: "
           "'example.com/work:1'}]}\n";
  }
  std::string uid_of(const std::string& name) const {
    return std::string(get(jobs(name)).string_at({"metadata", "uid"}));
  }
  void expect_completed(const std::string& name) const {
    EXPECT_TRUE(eventually([&] {
      const auto live = get(jobs(name));
      const auto* succeeded = live.find_path({"status", "succeeded"});
      return succeeded != nullptr && succeeded->as_int64() == 1;
    })) << dump_json(get(jobs(name)));
  }
};

TEST_F(FieldJob, AHookRunsOnceForEachArtifactAndIsRemoved) {
  put("a.yaml", bare_map("a", "1"));
  put("migrate.yaml", job("migrate", kHook));
  publish();
  declare("shop");
  expect_ready("shop");
  expect_gone(jobs("migrate"));
  EXPECT_EQ(writes_to(jobs("migrate")), 2u) << "it is made, and deleted";
  run_again("shop");
  EXPECT_EQ(writes_to(jobs("migrate")), 2u);
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  expect_ready("shop");
  run_again("shop");
  expect_gone(jobs("migrate"));
  EXPECT_EQ(writes_to(jobs("migrate")), 4u);
}

TEST_F(FieldJob, AHookThatFailsStopsTheDeliveryUntilAnotherArtifact) {
  put("migrate.yaml", job("migrate", kHook, kFails));
  put("a.yaml", bare_map("a", "1", "annotations: {sealift.dev/wave: \"1\"}"));
  publish();
  declare("shop");
  EXPECT_THAT(message_for("HealthCheckFailed", "shop"),
              AllOf(HasSubstr("Job.batch " + name_ + "/migrate is Failed"),
                    HasSubstr("before the next stage")));
  EXPECT_FALSE(get(jobs("migrate")).is_null()) << "its pods tell why";
  EXPECT_TRUE(config_map_at("a").is_null());
  const auto failed = uid_of("migrate");
  run_again("shop");
  EXPECT_EQ(uid_of("migrate"), failed) << "the same artifact does not run it again";
  put("migrate.yaml", job("migrate", kHook));
  publish();
  expect_value("a", "1");
  expect_ready("shop");
  expect_gone(jobs("migrate"));
}

TEST_F(FieldJob, AChangedJobIsReplacedAndRunsAgain) {
  put("job.yaml", job("work"));
  put("a.yaml", bare_map("a", "1"));
  publish();
  declare("shop");
  expect_ready("shop");
  const auto first = uid_of("work");
  expect_completed("work");
  // Another label alone is no other work.
  change("job.yaml", "{name: work}", "{name: work, labels: {team: shop}}");
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  expect_ready("shop");
  EXPECT_EQ(get(jobs("work")).string_at({"metadata", "labels", "team"}), "shop");
  EXPECT_EQ(uid_of("work"), first);
  change("job.yaml", "work:1", "work:2");
  publish();
  EXPECT_TRUE(eventually([&] {
    const auto uid = uid_of("work");
    return !uid.empty() && uid != first;
  }));
  expect_completed("work");
  expect_ready("shop");
}

TEST_F(FieldJob, ACompletedJobThatIsGoneIsNoDrift) {
  put("job.yaml", job("work"));
  put("a.yaml", bare_map("a", "1"));
  publish();
  declare("shop");
  expect_ready("shop");
  const auto sent = writes_to(jobs("work"));
  remove(jobs("work"));
  expect_gone(jobs("work"));
  run_again("shop");
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  expect_ready("shop");
  EXPECT_EQ(writes_to(jobs("work")), sent);
  EXPECT_TRUE(get(jobs("work")).is_null());
  // One that has other work runs.
  change("job.yaml", "work:1", "work:2");
  publish();
  expect_completed("work");
}

}  // namespace
}  // namespace sealift::e2e
