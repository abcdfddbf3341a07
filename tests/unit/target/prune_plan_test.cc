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
using test::desired_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const objects::ObjectId kNamespace{"", "Namespace", "", "old"};
const objects::ObjectId kConfig{"", "ConfigMap", "old", "c"};
const objects::ObjectId kDefinition{"apiextensions.k8s.io", "CustomResourceDefinition", "",
                                    "widgets.example.com"};
const objects::ObjectId kWidget{"example.com", "Widget", "old", "w"};
const LiveObject kOurs{"u", "fields"};
const LiveObject kKept{"u", "fields", false, true};
const LiveObject kDisowned{"u", ""};

class PruneGuards : public testing::Test {
 protected:
  Plan plan() { return make_plan(make_delivery(), desired_, live_, {}, parent_).value(); }
  static std::vector<objects::ObjectId> pruned(const Plan& plan) {
    std::vector<objects::ObjectId> ids;
    for (const auto& action : plan.prunes) ids.push_back(action.id);
    return ids;
  }
  static std::vector<std::string> spared(const Plan& plan) {
    std::vector<std::string> texts;
    for (const auto& object : plan.spared) {
      texts.push_back(object.id.to_string() + ": " + object.reason);
    }
    return texts;
  }

  DesiredState desired_ = desired_of({config_map("wanted")}).value();
  LiveObjects live_;
  std::optional<objects::ObjectId> parent_;
};

TEST_F(PruneGuards, LetANamespaceGoWithAllThatIsInIt) {
  live_ = {{kNamespace, kOurs}, {kConfig, kOurs}, {kDefinition, kOurs}, {kWidget, kOurs}};
  EXPECT_THAT(pruned(plan()), ElementsAre(kWidget, kConfig, kNamespace, kDefinition));
  EXPECT_THAT(plan().spared, IsEmpty());
}

TEST_F(PruneGuards, KeepANamespaceInWhichSomethingStays) {
  live_ = {{kNamespace, kOurs}, {kConfig, kKept}};
  EXPECT_THAT(pruned(plan()), IsEmpty());
  EXPECT_THAT(spared(plan()),
              ElementsAre("Namespace old: ConfigMap old/c lives in it and is kept"));
  live_[kConfig] = kDisowned;
  EXPECT_THAT(spared(plan()),
              ElementsAre("Namespace old: ConfigMap old/c lives in it and is not ours any more"));
  desired_ = desired_of({config_map("c", "1", ", namespace: old")}).value();
  live_[kConfig] = kOurs;
  EXPECT_THAT(spared(plan()),
              ElementsAre("Namespace old: ConfigMap old/c lives in it and is wanted"));
}

TEST_F(PruneGuards, KeepADefinitionOfWhichSomethingStays) {
  live_ = {{kDefinition, kOurs}, {kWidget, kKept}};
  EXPECT_THAT(pruned(plan()), IsEmpty());
  EXPECT_THAT(spared(plan()), ElementsAre("CustomResourceDefinition.apiextensions.k8s.io "
                                          "widgets.example.com: Widget.example.com old/w is of its "
                                          "group and is kept"));
  auto other = kDefinition;
  other.name = "widgets.example.org";
  live_ = {{other, kOurs}, {kWidget, kKept}};
  EXPECT_THAT(pruned(plan()), ElementsAre(other));
}

// A Delivery that moved everything out of its own namespace would be deleted with it, and delete
// everything in turn.
TEST_F(PruneGuards, KeepWhatTheParentNeeds) {
  parent_ = {"", "ConfigMap", "old", "sealift-web"};
  live_ = {{kNamespace, kOurs}, {kConfig, kOurs}};
  EXPECT_THAT(pruned(plan()), ElementsAre(kConfig));
  EXPECT_THAT(spared(plan()),
              ElementsAre("Namespace old: ConfigMap old/sealift-web lives in it and keeps the "
                          "inventory"));
  parent_ = {"example.com", "Delivery", "elsewhere", "web"};
  live_ = {{kNamespace, kOurs}, {kDefinition, kOurs}, {*parent_, kOurs}};
  EXPECT_THAT(pruned(plan()), ElementsAre(kNamespace));
  EXPECT_THAT(spared(plan()),
              UnorderedElementsAre("CustomResourceDefinition.apiextensions.k8s.io "
                                   "widgets.example.com: Delivery.example.com elsewhere/web is of "
                                   "its group and keeps the inventory",
                                   "Delivery.example.com elsewhere/web: it keeps the inventory"));
}

TEST_F(PruneGuards, LeaveWhatTheArtifactSaysToIgnore) {
  live_ = {{kConfig, kOurs}, {kNamespace, kOurs}};
  desired_.ignored = {kConfig};
  EXPECT_THAT(pruned(plan()), IsEmpty());
  EXPECT_THAT(spared(plan()),
              ElementsAre("Namespace old: ConfigMap old/c lives in it and is wanted"));
  // It may be all that the artifact has.
  desired_.objects.clear();
  EXPECT_OK(make_plan(make_delivery(), desired_, live_, {}));
}

TEST_F(PruneGuards, HoldForTheRemovalOfEverything) {
  live_ = {{kNamespace, kOurs}, {kConfig, kKept}, {kWidget, kOurs}, {kDefinition, kOurs}};
  const auto removal = plan_removal(live_);
  EXPECT_THAT(pruned(removal), ElementsAre(kWidget, kDefinition));
  EXPECT_THAT(removal.kept, ElementsAre(kConfig));
  EXPECT_THAT(spared(removal),
              ElementsAre("Namespace old: ConfigMap old/c lives in it and is kept"));
  EXPECT_THAT(removal.applies, IsEmpty());
}

}  // namespace
}  // namespace sealift::target
