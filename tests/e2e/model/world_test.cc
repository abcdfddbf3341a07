#include "model/world.h"

#include <gmock/gmock.h>

namespace sealift::e2e::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kNamespace = "shop";

Manifest config_map(int slot, const std::string& value) {
  return {.kind = Kind::kConfigMap, .slot = slot, .value = value};
}

// Versions 1 to 5 of one artifact: two objects; one of them changed and one gone; refused; broken;
// broken with an object that says so.
World::Versions versions() {
  auto kept = config_map(2, "kept");
  kept.keep = true;
  return {{"shop",
           {{1, Flaw::kNone, {config_map(0, "one"), config_map(1, "one"), kept}},
            {2, Flaw::kNone, {config_map(0, "two")}},
            {3, Flaw::kUnsigned, {config_map(0, "three")}},
            {4, Flaw::kBroken, {config_map(0, "four")}},
            {5, Flaw::kBroken, {config_map(0, std::string(kBrokenValue))}}}}};
}

class WorldOfOne : public testing::Test {
 protected:
  void SetUp() override {
    world_.published("shop", 1);
    world_.created("web", {});
    see(0, {"one", "", "", false});
    see(1, {"one", "", "", false});
    see(2, {"kept", "", "", true});
    seen_.deliveries["web"] = {"Delivered", 1, 3, 0};
    ASSERT_THAT(differences(), IsEmpty());
    world_.settle(seen_);
  }

  static ObjectKey key(int slot) {
    return {Kind::kConfigMap, kNamespace, "web-s" + std::to_string(slot)};
  }
  void see(int slot, Content content) {
    seen_.objects[key(slot)] = {std::move(content), "web", true};
  }
  void see_gone(int slot) { seen_.objects.erase(key(slot)); }
  void see_status(const std::string& reason, std::optional<int> accepted, int objects) {
    seen_.deliveries["web"] = {reason, accepted, objects, 0};
  }
  std::vector<std::string> differences() const { return world_.differences(seen_); }

  World world_{{{"web", kNamespace, "", "shop", false, ""}}, versions()};
  Observation seen_;
};

TEST_F(WorldOfOne, NothingHappensByItself) {
  EXPECT_THAT(differences(), IsEmpty());
  see(0, {"other", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("ConfigMap shop/web-s0 is {value: other}")));
  see_gone(0);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0 is absent")));
}

TEST_F(WorldOfOne, NothingIsRightBeforeEverybodyHasAnswered) {
  seen_.unanswered.push_back("web has not been asked again");
  EXPECT_THAT(differences(), ElementsAre("web has not been asked again"));
}

TEST_F(WorldOfOne, ANewVersionChangesPrunesAndKeeps) {
  world_.published("shop", 2);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("it accepted version 1")));
  see_status("Delivered", 2, 1);
  see(0, {"two", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s1 is {value: one}")));
  see_gone(1);
  EXPECT_THAT(differences(), IsEmpty());
  see_gone(2);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s2 is absent")));
}

TEST_F(WorldOfOne, WithoutPruneAllStays) {
  Settings settings;
  settings.prune = false;
  world_.changed("web", settings);
  ASSERT_THAT(differences(), IsEmpty());
  world_.settle(seen_);
  world_.published("shop", 2);
  see_status("Delivered", 2, 1);
  see(0, {"two", "", "", false});
  EXPECT_THAT(differences(), IsEmpty());
  see_gone(1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s1 is absent")));
}

TEST_F(WorldOfOne, ARefusedVersionChangesNothing) {
  world_.published("shop", 3);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("unsigned")));
  see_status("Refused", 1, 3);
  EXPECT_THAT(differences(), IsEmpty());
  see_status("Refused", 3, 3);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("it accepted version 3")));
  see_status("Refused", 1, 3);
  see(0, {"three", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0")));
}

TEST_F(WorldOfOne, TheLastAcceptedOneIsLookedAfterWhicheverItWas) {
  world_.published("shop", 2);
  world_.published("shop", 3);
  see_status("Refused", 1, 3);
  EXPECT_THAT(differences(), IsEmpty());
  // Version 2 was seen, and then it must be there as a whole.
  see_status("Refused", 2, 1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0"), HasSubstr("web-s1")));
  see(0, {"two", "", "", false});
  see_gone(1);
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_F(WorldOfOne, ABrokenVersionStaysOrGoesBack) {
  world_.published("shop", 4);
  see_status("Delivered", 4, 1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("broken")));
  see_status("HealthCheckFailed", 4, 1);
  see(0, {"four", "", "", false});
  EXPECT_THAT(differences(), IsEmpty());
  see_gone(1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s1 is absent")));

  Settings settings;
  settings.rollback = true;
  world_.changed("web", settings);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("there is a way back")));
  see_status("RolledBack", 1, 3);
  see(0, {"one", "", "", false});
  see(1, {"one", "", "", false});
  EXPECT_THAT(differences(), IsEmpty());
  see_status("RolledBack", 2, 1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("went back to version 2")));
}

TEST_F(WorldOfOne, DriftIsCorrectedOrLeft) {
  world_.wrote(key(0), LiveObject{{"mine", "", "", false}, "web", true});
  see(0, {"mine", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0 is {value: mine}")));
  see(0, {"one", "", "", false});
  EXPECT_THAT(differences(), IsEmpty());

  Settings settings;
  settings.drift = Drift::kDetect;
  world_.changed("web", settings);
  world_.settle(seen_);
  world_.wrote(key(0), LiveObject{{"mine", "", "", false}, "web", true});
  see(0, {"mine", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("reports 0 drifted objects, and 1 are")));
  seen_.deliveries["web"].drifted = 1;
  EXPECT_THAT(differences(), IsEmpty());
  // Once it has been left, nothing but another manifest takes it back.
  world_.settle(seen_);
  see(0, {"one", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0 is {value: one}")));
}

TEST_F(WorldOfOne, WhatIsBrokenAndLeftToOthersIsNotWaitedFor) {
  Settings settings;
  settings.drift = Drift::kIgnore;
  world_.changed("web", settings);
  world_.published("shop", 5);
  see_status("HealthCheckFailed", 5, 1);
  see(0, {"broken", "", "", false});
  ASSERT_THAT(differences(), IsEmpty());
  world_.settle(seen_);
  world_.wrote(key(0), LiveObject{{"mine", "", "", false}, "web", true});
  see(0, {"mine", "", "", false});
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("it is HealthCheckFailed")));
  see_status("Delivered", 5, 1);
  see_gone(1);
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_F(WorldOfOne, WhatHasFailedStaysSo) {
  Settings settings;
  settings.drift = Drift::kDetect;
  settings.rollback = true;
  world_.changed("web", settings);
  world_.settle(seen_);
  see_status("RolledBack", 1, 3);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("good")));
  // Its object is put back and says no longer that it is broken.
  world_.published("shop", 5);
  ASSERT_THAT(differences(), IsEmpty());
  world_.settle(seen_);
  EXPECT_THAT(differences(), IsEmpty());
  see_status("Delivered", 5, 1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("it has failed before")));
}

TEST_F(WorldOfOne, AMemberHasItsMarks) {
  seen_.objects[key(0)].owner.clear();
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("not marked as a member")));
}

TEST_F(WorldOfOne, WhatSomebodyElseMadeIsNeverTaken) {
  const ObjectKey foreign{Kind::kConfigMap, kNamespace, "foreign-0"};
  const LiveObject forged{{"precious", "", "", false}, "web", false};
  world_.wrote(foreign, forged);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("foreign-0")));
  seen_.objects[foreign] = forged;
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_F(WorldOfOne, ADeletedDeliveryTakesItsObjectsAlong) {
  world_.deleted("web");
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("still there")));
  seen_.deliveries.clear();
  see_gone(0);
  see_gone(1);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s2 was not let go")));
  seen_.objects[key(2)].owner.clear();
  EXPECT_THAT(differences(), IsEmpty());
  see(1, {"one", "", "", false});
  EXPECT_FALSE(differences().empty());
}

TEST_F(WorldOfOne, AnOrphaningDeliveryLeavesThem) {
  Settings settings;
  settings.orphan = true;
  world_.changed("web", settings);
  world_.settle(seen_);
  world_.deleted("web");
  seen_.deliveries.clear();
  for (auto& [key, object] : seen_.objects) object.owner.clear();
  EXPECT_THAT(differences(), IsEmpty());
  see_gone(0);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0 is absent")));
}

TEST_F(WorldOfOne, OneOfTheSameNameDoesNotPruneWhatAnotherLetGo) {
  Settings settings;
  settings.orphan = true;
  world_.changed("web", settings);
  world_.deleted("web");
  world_.published("shop", 2);
  world_.created("web", {});
  see_status("Delivered", 2, 1);
  see(0, {"two", "", "", false});
  seen_.objects[key(1)] = {{"one", "", "", false}, "", true};
  EXPECT_THAT(differences(), IsEmpty());
}

TEST_F(WorldOfOne, WhoeverIsSuspendedIsLeftAlone) {
  Settings settings;
  settings.suspend = true;
  world_.changed("web", settings);
  see_status("Suspended", 1, 3);
  ASSERT_THAT(differences(), IsEmpty());
  world_.settle(seen_);
  world_.wrote(key(0), std::nullopt);
  EXPECT_THAT(differences(), ElementsAre(HasSubstr("web-s0 is {value: one}")));
  see_gone(0);
  EXPECT_THAT(differences(), IsEmpty());
}

TEST(WorldOfStrictPolicies, AnOlderArtifactIsRefusedButForAWayBack) {
  World world({{"web", kNamespace, "", "shop", true, ""}}, versions());
  const ObjectKey key{Kind::kConfigMap, kNamespace, "web-s0"};
  Settings settings;
  settings.rollback = true;
  Observation seen;
  const auto see = [&](const std::string& reason, int accepted, int newest, const char* value) {
    seen.deliveries["web"] = {reason, accepted, 1, 0, newest};
    seen.objects[key] = {{value, "", "", false}, "web", true};
  };
  world.created("web", settings);
  world.published("shop", 2);
  see("Delivered", 2, 2, "two");
  ASSERT_THAT(world.differences(seen), IsEmpty());
  world.settle(seen);
  world.published("shop", 4);
  // A puller that forgets the newest would take what lies between.
  see("RolledBack", 2, 2, "two");
  EXPECT_THAT(world.differences(seen), ElementsAre(HasSubstr("it forgot")));
  see("RolledBack", 2, 4, "two");
  ASSERT_THAT(world.differences(seen), IsEmpty());
  world.settle(seen);
  world.published("shop", 1);
  see("Delivered", 1, 4, "one");
  EXPECT_THAT(world.differences(seen), ElementsAre(HasSubstr("version 1 was played back")));
  see("Refused", 2, 4, "two");
  EXPECT_THAT(world.differences(seen), IsEmpty());
}

TEST(WorldOfStrictPolicies, OfTwoBrokenOnesTheNewerFails) {
  World world({{"web", kNamespace, "", "shop", true, ""}}, versions());
  world.created("web", {});
  world.published("shop", 5);
  Observation seen;
  seen.deliveries["web"] = {"HealthCheckFailed", 5, 1, 0, 5};
  seen.objects[{Kind::kConfigMap, kNamespace, "web-s0"}] = {
      {std::string(kBrokenValue), "", "", false}, "web", true};
  ASSERT_THAT(world.differences(seen), IsEmpty());
  world.settle(seen);
  world.published("shop", 4);
  EXPECT_THAT(world.differences(seen), IsEmpty());
  seen.deliveries["web"].reason = "Refused";
  EXPECT_FALSE(world.differences(seen).empty());
}

TEST(WorldOfTwo, ADependentWaitsForWhatIsNotReady) {
  World world(
      {{"base", kNamespace, "", "shop", false, ""}, {"web", kNamespace, "", "shop", false, "base"}},
      versions());
  world.published("shop", 4);
  world.created("base", {});
  world.created("web", {});
  Observation seen;
  seen.deliveries["base"] = {"HealthCheckFailed", 4, 1, 0};
  seen.objects[{Kind::kConfigMap, kNamespace, "base-s0"}] = {{"four", "", "", false}, "base", true};
  seen.deliveries["web"] = {"DependencyNotReady", std::nullopt, 0, 0};
  EXPECT_THAT(world.differences(seen), IsEmpty());
  seen.deliveries["base"].reason = "Delivered";
  EXPECT_THAT(world.differences(seen),
              testing::Contains(HasSubstr("web (version 4 broken): it is DependencyNotReady")));
}

}  // namespace
}  // namespace sealift::e2e::model
