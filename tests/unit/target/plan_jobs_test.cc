#include <sealift/target/plan.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::object_of;
using test::desired_of;
using testing::ElementsAre;
using testing::IsEmpty;
using Why = ApplyAction::Why;
using Replace = ApplyAction::Replace;

// One wanted object, what is there of it, and what is remembered of it: nothing was lost.
class PlanForOne : public testing::Test {
 protected:
  void wanted(const std::string& text) {
    desired_ = desired_of({text}, delivery_).value();
    id_ = desired_.objects.at(0).object.id();
  }
  void job(const std::string& annotations = "") {
    wanted(object_of("batch/v1", "Job", "j", ", annotations: {" + annotations + "}") +
           "spec: {template: {x: 1}}\n");
  }
  void live(bool completed = false) { live_[id_] = {"uid-1", "fields-1", false, false, completed}; }
  void remembered(bool completed = false) {
    state_.objects[id_] = {hash(), "uid-1", "fields-1", completed};
  }
  const std::string& hash() const { return desired_.objects.at(0).content_hash; }
  // Another content whose immutable part is the same.
  std::string same_template() const { return "older" + hash().substr(hash().find('/')); }

  Plan plan() { return make_plan(delivery_, desired_, live_, state_).value(); }
  ApplyAction action() {
    const auto made = plan();
    EXPECT_EQ(made.applies.size(), 1u);
    return made.applies.empty() ? ApplyAction{} : made.applies[0];
  }
  void expect_nothing_to_do(const Plan& made) {
    EXPECT_TRUE(made.empty());
    EXPECT_EQ(made.unchanged, 1u);
    EXPECT_THAT(made.drifted, IsEmpty());
  }

  delivery::Delivery delivery_ = make_delivery();
  DesiredState desired_{Digest::of("artifact")};
  objects::ObjectId id_;
  LiveObjects live_;
  DeliveryState state_ = [] {
    DeliveryState state;
    state.knows_jobs = true;
    return state;
  }();
};

TEST_F(PlanForOne, ReplacesAJobWhoseTemplateChanged) {
  job();
  live();
  remembered();
  live_[id_].version = 7;
  state_.objects[id_].content_hash = "older/other";
  EXPECT_EQ(action().why, Why::kUpdate);
  EXPECT_EQ(action().replace, Replace::kAlways);
  EXPECT_EQ(action().uid, "uid-1");
  EXPECT_EQ(action().version, 7u);
  // What was remembered before hashes had two parts.
  state_.objects[id_].content_hash = "older";
  EXPECT_EQ(action().replace, Replace::kAlways);
}

TEST_F(PlanForOne, ChangesAJobsLabelsInPlace) {
  job();
  live();
  remembered();
  state_.objects[id_].content_hash = same_template();
  EXPECT_EQ(action().why, Why::kUpdate);
  EXPECT_EQ(action().replace, Replace::kIfImmutable);
}

TEST_F(PlanForOne, FindsOutAboutAJobThatItForgot) {
  job();
  live();
  EXPECT_EQ(action().why, Why::kUnknown);
  EXPECT_EQ(action().replace, Replace::kIfImmutable);
}

TEST_F(PlanForOne, RemembersAJobThatSucceeded) {
  job();
  live(true);
  remembered();
  const auto made = plan();
  expect_nothing_to_do(made);
  EXPECT_THAT(made.completed, ElementsAre(0u));
  EXPECT_THAT(made.left, IsEmpty());
  remembered(true);
  EXPECT_THAT(plan().completed, IsEmpty());
}

TEST_F(PlanForOne, DoesNotTakeAnotherJobsSuccessForOurs) {
  job();
  live(true);
  remembered();
  live_[id_].uid = "uid-2";
  EXPECT_THAT(plan().completed, IsEmpty());
  live(true);
  state_.objects[id_].content_hash = "older/other";
  EXPECT_THAT(plan().completed, IsEmpty());
  state_.objects[id_].content_hash = same_template();
  EXPECT_THAT(plan().completed, ElementsAre(0u));
}

TEST_F(PlanForOne, ACompletedJobThatIsGoneIsNoDrift) {
  job();
  remembered(true);
  const auto made = plan();
  expect_nothing_to_do(made);
  EXPECT_THAT(made.left, ElementsAre(0u));
}

TEST_F(PlanForOne, AnotherLabelDoesNotRunAJobAgain) {
  job();
  remembered(true);
  state_.objects[id_].content_hash = same_template();
  expect_nothing_to_do(plan());
  EXPECT_THAT(plan().left, ElementsAre(0u));
}

TEST_F(PlanForOne, AnUnfinishedJobThatIsGoneIsDrift) {
  job();
  remembered();
  EXPECT_EQ(action().why, Why::kDrift);
  EXPECT_EQ(action().replace, Replace::kNever);
}

TEST_F(PlanForOne, AChangedJobRunsAgainAfterItsPredecessor) {
  job();
  remembered(true);
  state_.objects[id_].content_hash = "older/other";
  EXPECT_EQ(action().why, Why::kCreate);
}

// The artifact was healthy without it: another path, namespace or variable has brought it.
TEST_F(PlanForOne, AJobThatIsNewInAHealthyArtifactRuns) {
  job();
  state_.last_healthy_digest = desired_.digest;
  EXPECT_EQ(action().why, Why::kCreate);
}

TEST_F(PlanForOne, AJobThatWasDeletedToBeReplacedRuns) {
  job();
  remembered(true);
  state_.last_healthy_digest = desired_.digest;
  state_.objects[id_].content_hash.clear();
  EXPECT_EQ(action().why, Why::kCreate);
}

TEST_F(PlanForOne, ForgottenJobsOfAHealthyArtifactHaveRun) {
  job();
  state_.knows_jobs = false;
  EXPECT_EQ(action().why, Why::kCreate);
  state_.last_healthy_digest = Digest::of("another artifact");
  EXPECT_EQ(action().why, Why::kCreate);
  state_.last_healthy_digest = desired_.digest;
  const auto made = plan();
  expect_nothing_to_do(made);
  EXPECT_THAT(made.left, ElementsAre(0u));
  // From then on it is remembered.
  EXPECT_TRUE(remember_jobs(desired_, made, live_, state_));
  EXPECT_TRUE(state_.knows_jobs);
  EXPECT_EQ(state_.objects.at(id_).content_hash, hash());
  EXPECT_FALSE(state_.objects.at(id_).is_others());
  expect_nothing_to_do(plan());
  EXPECT_FALSE(remember_jobs(desired_, plan(), live_, state_));
  // That says nothing of what is no Job.
  wanted(config_map("a"));
  EXPECT_EQ(action().why, Why::kCreate);
}

TEST_F(PlanForOne, AForgottenJobThatRunsOnceIsNotMissedWhenItIsGone) {
  job("sealift.dev/once: 'true'");
  live(true);
  const auto made = plan();
  expect_nothing_to_do(made);
  EXPECT_TRUE(remember_jobs(desired_, made, live_, state_));
  EXPECT_FALSE(remember_jobs(desired_, plan(), live_, state_));
  live_.clear();
  expect_nothing_to_do(plan());
}

constexpr const char* kHook = "sealift.dev/hook: 'true'";

TEST_F(PlanForOne, RunsAHookAndCleansItUp) {
  job(kHook);
  EXPECT_EQ(action().why, Why::kCreate);
  live();
  remembered();
  expect_nothing_to_do(plan());
  EXPECT_THAT(plan().left, IsEmpty());  // it is waited for
  live(true);
  const auto made = plan();
  EXPECT_FALSE(made.empty());
  EXPECT_THAT(made.applies, IsEmpty());
  EXPECT_THAT(made.completed, ElementsAre(0u));
  EXPECT_THAT(made.left, ElementsAre(0u));
  ASSERT_EQ(made.cleanups.size(), 1u);
  EXPECT_EQ(made.cleanups[0].id, id_);
  EXPECT_EQ(made.cleanups[0].uid, "uid-1");
  // While it is on its way out, and afterwards.
  remembered(true);
  live_[id_].deleting = true;
  expect_nothing_to_do(plan());
  live_.clear();
  expect_nothing_to_do(plan());
}

TEST_F(PlanForOne, AHookOfAnotherArtifactIsReplaced) {
  job(kHook);
  live(true);
  remembered(true);
  state_.objects[id_].content_hash = "older/other";
  const auto made = plan();
  EXPECT_THAT(made.cleanups, IsEmpty());
  EXPECT_EQ(action().replace, Replace::kAlways);
}

TEST_F(PlanForOne, AForgottenHookIsCleanedUpWhereItsArtifactIsHealthy) {
  job(kHook);
  live(true);
  state_.knows_jobs = false;
  EXPECT_EQ(action().replace, Replace::kIfImmutable);
  state_.last_healthy_digest = desired_.digest;
  EXPECT_EQ(plan().cleanups.size(), 1u);
  EXPECT_THAT(plan().applies, IsEmpty());
  // Also where this is cut off before it is gone.
  EXPECT_TRUE(remember_jobs(desired_, plan(), live_, state_));
  EXPECT_EQ(plan().cleanups.size(), 1u);
  EXPECT_THAT(plan().applies, IsEmpty());
  live_.clear();
  expect_nothing_to_do(plan());
}

TEST_F(PlanForOne, AHookThatWasAboutToBeSentIsUnknown) {
  job(kHook);
  live();
  remembered(true);
  state_.objects[id_].content_hash.clear();
  EXPECT_EQ(action().why, Why::kUnknown);
  EXPECT_EQ(action().replace, Replace::kIfImmutable);
  live_.clear();
  EXPECT_EQ(action().why, Why::kCreate);
  state_.last_healthy_digest = desired_.digest;
  EXPECT_EQ(action().why, Why::kCreate);
  // One that was cleaned up before the memory of it was lost.
  state_.knows_jobs = false;
  expect_nothing_to_do(plan());
}

TEST_F(PlanForOne, AHookThatIsToldToStayStays) {
  job(std::string(kHook) + ", sealift.dev/keep: 'true'");
  live(true);
  remembered();
  const auto made = plan();
  EXPECT_THAT(made.cleanups, IsEmpty());
  EXPECT_THAT(made.completed, ElementsAre(0u));
}

TEST_F(PlanForOne, CreatesOnceAndNeverAgain) {
  wanted(config_map("a", "1", ", annotations: {sealift.dev/once: 'true'}"));
  EXPECT_EQ(action().why, Why::kCreate);
  EXPECT_TRUE(action().only_if_absent);
  live();
  expect_nothing_to_do(plan());
  remembered();
  state_.objects[id_].content_hash = "older";
  expect_nothing_to_do(plan());
  live_[id_].own_fields_hash = "others";
  expect_nothing_to_do(plan());
  // Somebody deleted it.
  live_.clear();
  remembered();
  EXPECT_EQ(action().why, Why::kDrift);
  EXPECT_TRUE(action().only_if_absent);
  // It was there before us.
  state_.objects[id_].own_fields_hash.clear();
  expect_nothing_to_do(plan());
  wanted(config_map("a"));
  EXPECT_FALSE(action().only_if_absent);
}

TEST_F(PlanForOne, ReplacesOnlyWhatMayBe) {
  const auto replaced = [&](const std::string& api_version, const std::string& kind,
                            const std::string& annotations, bool force) {
    delivery_.force = force;
    wanted(object_of(api_version, kind, "x.example.com", ", annotations: {" + annotations + "}"));
    live_.clear();
    live();
    state_.objects.clear();
    remembered();
    state_.objects[id_].content_hash = "older";
    const auto guard = replace_guard(desired_.objects.at(0));
    const auto replace = action().replace;
    EXPECT_TRUE(guard.empty() || replace == Replace::kNever) << guard;
    return replace;
  };
  EXPECT_EQ(replaced("v1", "ConfigMap", "", false), Replace::kNever);
  EXPECT_EQ(replaced("v1", "ConfigMap", "", true), Replace::kIfImmutable);
  EXPECT_EQ(replaced("v1", "ConfigMap", "sealift.dev/force: 'true'", false), Replace::kIfImmutable);
  EXPECT_EQ(replaced("v1", "ConfigMap", "sealift.dev/keep: 'true'", true), Replace::kNever);
  EXPECT_EQ(replaced("v1", "PersistentVolume", "", true), Replace::kNever);
  EXPECT_EQ(replaced("v1", "PersistentVolumeClaim", "", true), Replace::kNever);
  EXPECT_EQ(replaced("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", true),
            Replace::kNever);
  EXPECT_EQ(replaced("batch/v1", "Job", "sealift.dev/keep: 'true'", false), Replace::kNever);
  EXPECT_EQ(replaced("example.com/v1", "PersistentVolume", "", true), Replace::kIfImmutable);
  delivery_.force = true;
  wanted(object_of("v1", "Namespace", "n"));
  EXPECT_THAT(std::string(replace_guard(desired_.objects.at(0))),
              testing::HasSubstr("everything in it would go"));
}

TEST_F(PlanForOne, NothingIsReplacedWhereNothingIs) {
  delivery_.force = true;
  wanted(config_map("a"));
  EXPECT_EQ(action().replace, Replace::kNever);
  EXPECT_EQ(action().uid, "");
}

}  // namespace
}  // namespace sealift::target
