#include "member_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::members {
namespace {

using objects::Health;
using objects::ObjectId;
using Names = std::vector<std::string>;

const kube::GroupKind kMaps{"", "ConfigMap"};
const std::string kSet = "applyset-a-v1";
const std::string kOther = "applyset-b-v1";

ObjectId map_id(const std::string& name, const std::string& name_space = "shop") {
  return {"", "ConfigMap", name_space, name};
}

struct Look {
  std::uint64_t version = 1;
  char fields = 'a';  // of which the hash is made; 0: nothing is ours
  Health health = Health::kCurrent;
  std::string reason = {};
  bool deleting = false;
  bool keep = false;
  std::string uid = "u";
  bool completed = false;
};

MemberScope scope(const std::string& set, std::set<std::string> name_spaces = {"shop"}) {
  MemberScope out;
  out.applyset_id = set;
  out.kinds = {kMaps};
  out.name_spaces = std::move(name_spaces);
  return out;
}

Member member(const std::string& name, const Look& look = {}) {
  Member out;
  out.object.id = map_id(name);
  out.object.uid = look.uid;
  out.object.resource_version = std::to_string(look.version);
  out.object.deleting = look.deleting;
  out.object.keep = look.keep;
  if (look.fields != 0) out.object.own_fields_hash = std::string(64, look.fields);
  out.health = {look.health, look.reason};
  out.completed = look.completed;
  return out;
}

// A table with one watch across the cluster that has told everything, and a set that is followed.
class MemberTableTest : public testing::Test {
 protected:
  static constexpr MemberTable::WatchId kWatch = 1;

  MemberTableTest() {
    table_.add_watch(kWatch, {kMaps, ""});
    table_.reset(kWatch);
    EXPECT_TRUE(table_.sync(kWatch, "1"));
    table_.follow(scope(kSet));
    table_.follow(scope(kOther));
  }
  void tell(const std::string& name, const Look& look = {}, const std::string& set = kSet) {
    table_.tell(kWatch, set, member(name, look));
  }
  // The state is told from its start: these names at version 50 of it.
  void tell_all(const Names& names, std::uint64_t version, const std::string& complete_at) {
    table_.reset(kWatch);
    for (const auto& name : names) tell(name, {.version = version});
    EXPECT_TRUE(table_.sync(kWatch, complete_at));
  }
  Names names(const std::string& set = kSet) const {
    Names out;
    for (const auto& [id, one] : table_.members().of(set)) out.push_back(id.name);
    return out;
  }
  Member only(const std::string& set = kSet) const {
    const auto all = table_.members().of(set);
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? Member() : all.begin()->second;
  }
  Names changes() { return table_.take_changes(); }

  MemberTable table_;
};

TEST_F(MemberTableTest, KeepsWhatItIsTold) {
  const Look look{7, 'f', Health::kFailed, "it broke", true, true, "uid-7", true};
  tell("a", look);
  const auto got = only();
  const auto expected = member("a", look);
  EXPECT_EQ(got.object.id, expected.object.id);
  EXPECT_EQ(got.object.uid, "uid-7");
  EXPECT_EQ(got.object.resource_version, "7");
  EXPECT_EQ(got.object.own_fields_hash, expected.object.own_fields_hash);
  EXPECT_TRUE(got.object.deleting);
  EXPECT_TRUE(got.object.keep);
  EXPECT_TRUE(got.completed);
  EXPECT_EQ(got.health.health, Health::kFailed);
  EXPECT_EQ(got.health.reason, "it broke");
  tell("a", {.version = 8, .fields = 0});
  EXPECT_EQ(only().object.own_fields_hash, "");
  EXPECT_EQ(table_.members().owner_of(map_id("a")), kSet);
  EXPECT_EQ(table_.members().owner_of(map_id("b")), "");
}

// What one more word about a member that is current at version 5 is to those who listen.
TEST_F(MemberTableTest, TellsOfChangesThatMatter) {
  const struct {
    const char* name;
    Look look;
    bool is_change;
  } kCases[] = {
      {"the same again", {.version = 5}, false},
      {"a change of others", {.version = 6}, false},
      {"a field taken", {.version = 6, .fields = 'b'}, true},
      {"managedFields emptied", {.version = 6, .fields = 0}, true},
      {"another health", {.version = 6, .health = Health::kInProgress, .reason = "0 of 1"}, true},
      {"being deleted", {.version = 6, .deleting = true}, true},
      {"told to stay", {.version = 6, .keep = true}, true},
      {"its work done", {.version = 6, .completed = true}, true},
      {"made anew", {.version = 6, .uid = "v"}, true},
      {"an older state", {.version = 4, .fields = 'b'}, false},
      {"why it is healthy", {.version = 6, .reason = "2 of 2 are"}, false},
  };
  for (const auto& [name, look, is_change] : kCases) {
    MemberTable table;
    table.add_watch(kWatch, {kMaps, ""});
    table.reset(kWatch);
    EXPECT_TRUE(table.sync(kWatch, "1"));
    table.follow(scope(kSet));
    table.tell(kWatch, kSet, member("a", {.version = 5}));
    EXPECT_EQ(table.take_changes(), Names{kSet}) << "it appeared";
    table.tell(kWatch, kSet, member("a", look));
    EXPECT_EQ(table.members().has_changes(), is_change) << name;
    EXPECT_EQ(table.take_changes(), is_change ? Names{kSet} : Names()) << name;
  }
}

TEST_F(MemberTableTest, AnotherReasonOfTheSameIllHealthIsAChange) {
  tell("a", {.version = 5, .health = Health::kInProgress, .reason = "0 of 2"});
  changes();
  tell("a", {.version = 6, .health = Health::kInProgress, .reason = "1 of 2"});
  EXPECT_EQ(changes(), Names{kSet});
  EXPECT_EQ(only().health.reason, "1 of 2");
}

TEST_F(MemberTableTest, AMemberThatGoesIsAChange) {
  tell("a", {.version = 5});
  changes();
  table_.tell_gone(kWatch, map_id("a"), "4");
  EXPECT_EQ(names(), Names{"a"}) << "older than what is known";
  table_.tell_gone(kWatch, map_id("a"), "6");
  EXPECT_EQ(names(), Names());
  EXPECT_EQ(changes(), Names{kSet});
  table_.tell_gone(kWatch, map_id("a"), "6");
  EXPECT_EQ(changes(), Names());
}

TEST_F(MemberTableTest, AnotherLabelMovesAMember) {
  tell("a", {.version = 5});
  changes();
  tell("a", {.version = 6, .fields = 0}, kOther);
  EXPECT_EQ(names(), Names());
  EXPECT_EQ(names(kOther), Names{"a"});
  EXPECT_EQ(changes(), (Names{kSet, kOther}));
  EXPECT_EQ(table_.members().owner_of(map_id("a")), kOther);
}

// --- Our own writes.

TEST_F(MemberTableTest, AnApplyCountsAtOnceAndIsNoChange) {
  table_.note_applied(kSet, member("a", {.version = 5}));
  EXPECT_EQ(names(), Names{"a"});
  tell("a", {.version = 5});
  EXPECT_EQ(changes(), Names()) << "its echo";
}

TEST_F(MemberTableTest, AnApplyTakesBackTheChangeThatItMade) {
  tell("a", {.version = 5, .fields = 'b'});
  table_.note_applied(kSet, member("a", {.version = 5, .fields = 'b'}));
  EXPECT_EQ(changes(), Names()) << "the echo came before the answer";
  tell("a", {.version = 7, .fields = 'c'});
  table_.note_applied(kSet, member("a", {.version = 6, .fields = 'b'}));
  EXPECT_EQ(changes(), Names{kSet}) << "somebody came after us";
  EXPECT_EQ(only().object.resource_version, "7");
}

TEST_F(MemberTableTest, ChangesAreKeptBackWhileASetIsWrittenTo) {
  table_.begin_writes(kSet);
  tell("a", {.version = 5});
  EXPECT_FALSE(table_.members().has_changes());
  table_.note_applied(kSet, member("a", {.version = 5}));
  table_.end_writes(kSet);
  EXPECT_EQ(changes(), Names()) << "its echo, however late the answer";

  tell("b", {.version = 6});
  table_.begin_writes(kSet);
  table_.begin_writes(kSet);
  tell("c", {.version = 7}, kOther);
  EXPECT_EQ(changes(), Names{kOther});
  table_.end_writes(kSet);
  EXPECT_EQ(changes(), Names());
  table_.end_writes(kSet);
  EXPECT_EQ(changes(), Names{kSet}) << "somebody else's";
  table_.end_writes(kSet);
  table_.begin_writes("nobody");
  table_.begin_writes(kOther);
  table_.forget(kOther);
  table_.follow(scope(kOther));
  tell("c", {.version = 8, .fields = 'x'}, kOther);
  EXPECT_EQ(changes(), Names{kOther}) << "who forgets a set has ended writing";
}

TEST_F(MemberTableTest, AnAnswerMayComeAfterTheObjectHasGone) {
  tell("a", {.version = 5});
  table_.tell_gone(kWatch, map_id("a"), "9");
  changes();
  table_.note_applied(kSet, member("a", {.version = 8}));
  EXPECT_EQ(names(), Names());
  table_.note_applied(kSet, member("a", {.version = 10}));
  EXPECT_EQ(names(), Names{"a"}) << "made anew";
}

TEST_F(MemberTableTest, ADeletionCountsAtOnceAndIsNoChange) {
  tell("a", {.version = 5});
  changes();
  table_.note_deleted(kSet, map_id("a"), "another");
  EXPECT_EQ(names(), Names{"a"});
  table_.note_deleted(kSet, map_id("a"), "u");
  EXPECT_EQ(names(), Names());
  tell("a", {.version = 6});
  EXPECT_EQ(names(), Names()) << "a state from before";
  table_.tell_gone(kWatch, map_id("a"), "7");
  EXPECT_EQ(changes(), Names());
  tell("a", {.version = 8});
  EXPECT_EQ(names(), Names{"a"});
}

TEST_F(MemberTableTest, AWatchMayTellOfADeletionBeforeItsAnswer) {
  tell("a", {.version = 5});
  tell("b", {.version = 5});
  changes();
  table_.tell_gone(kWatch, map_id("a"), "6");
  table_.note_deleted(kSet, map_id("a"), "u");
  EXPECT_EQ(changes(), Names());
  table_.tell_gone(kWatch, map_id("b"), "7");
  table_.note_deleted(kSet, map_id("a"), "u");
  EXPECT_EQ(changes(), Names{kSet}) << "another one";
}

TEST_F(MemberTableTest, WhatAFinalizerHoldsIsThereAgain) {
  tell("a", {.version = 5});
  table_.note_deleted(kSet, map_id("a"), "u");
  tell("a", {.version = 6, .deleting = true});
  EXPECT_EQ(names(), Names{"a"});
  EXPECT_TRUE(only().object.deleting);
}

TEST_F(MemberTableTest, AnotherObjectOfTheNameIsNotBuried) {
  tell("a", {.version = 5});
  table_.note_deleted(kSet, map_id("a"), "u");
  tell("a", {.version = 6, .uid = "v"});
  EXPECT_EQ(names(), Names{"a"});
}

// --- The state from its start.

TEST_F(MemberTableTest, WhatIsNotToldAgainHasGone) {
  tell("a", {.version = 5});
  tell("b", {.version = 5});
  changes();
  table_.reset(kWatch);
  EXPECT_EQ(names(), (Names{"a", "b"})) << "known until the state is complete";
  tell("b", {.version = 5});
  tell("c", {.version = 40});
  EXPECT_TRUE(table_.sync(kWatch, "50"));
  EXPECT_EQ(names(), (Names{"b", "c"}));
  EXPECT_EQ(changes(), Names{kSet});
}

TEST_F(MemberTableTest, TheSameStateAgainIsNoChange) {
  tell("a", {.version = 5});
  changes();
  tell_all({"a"}, 5, "50");
  EXPECT_EQ(changes(), Names());
}

TEST_F(MemberTableTest, WhatWasAppliedAfterTheStateStays) {
  table_.note_applied(kSet, member("new", {.version = 60}));
  table_.note_applied(kSet, member("old", {.version = 40}));
  tell_all({}, 0, "50");
  EXPECT_EQ(names(), Names{"new"}) << "the old one was deleted before 50";
}

TEST_F(MemberTableTest, AStateOlderThanAnAnswerDoesNotCount) {
  table_.note_applied(kSet, member("a", {.version = 60, .fields = 'b'}));
  tell_all({"a"}, 40, "50");
  EXPECT_EQ(only().object.resource_version, "60");
}

TEST_F(MemberTableTest, ADeletionOutlivesAStateThatStillHasTheObject) {
  tell("a", {.version = 5});
  table_.note_deleted(kSet, map_id("a"), "u");
  tell_all({"a"}, 5, "50");
  EXPECT_EQ(names(), Names());
  tell("a", {.version = 5});
  EXPECT_EQ(names(), Names()) << "it was told in this round";
  tell_all({}, 0, "60");
  tell("a", {.version = 70});
  EXPECT_EQ(names(), Names{"a"}) << "the grave is gone with the object";
}

TEST_F(MemberTableTest, VersionsThatGoBackMeanAnotherHistory) {
  tell_all({"a", "b"}, 80, "90");
  changes();
  table_.reset(kWatch);
  tell("a", {.version = 7});
  EXPECT_FALSE(table_.sync(kWatch, "50")) << "a restored backup";
  EXPECT_EQ(names(), Names());
  tell_all({"a"}, 7, "50");
  EXPECT_EQ(only().object.resource_version, "7");
  EXPECT_EQ(changes(), Names{kSet});
}

TEST_F(MemberTableTest, AKindThatIsServedNoMoreHasNoMembers) {
  tell("a");
  changes();
  table_.clear(kWatch);
  EXPECT_EQ(names(), Names());
  EXPECT_EQ(changes(), Names{kSet});
}

// --- Several watches.

TEST_F(MemberTableTest, AWatchSpeaksForItsNamespaceAlone) {
  tell("a", {.version = 5});
  auto elsewhere = member("a", {.version = 5});
  elsewhere.object.id.name_space = "other";
  table_.tell(kWatch, kSet, elsewhere);
  table_.add_watch(2, {kMaps, "other"});
  table_.reset(2);
  EXPECT_TRUE(table_.sync(2, "50"));
  EXPECT_EQ(table_.members().owner_of(map_id("a")), kSet);
  EXPECT_EQ(table_.members().owner_of(map_id("a", "other")), "");
}

TEST_F(MemberTableTest, AWatchThatEndsTakesAlongWhatNobodyElseTellsOf) {
  tell("a", {.version = 5});
  auto elsewhere = member("b", {.version = 5});
  elsewhere.object.id.name_space = "other";
  table_.tell(kWatch, kSet, elsewhere);
  changes();
  table_.add_watch(2, {kMaps, "shop"});
  table_.remove_watch(kWatch);
  EXPECT_EQ(names(), Names{"a"});
  EXPECT_EQ(table_.members().owner_of(map_id("b", "other")), "");
  EXPECT_EQ(changes(), Names()) << "nothing happened in the cluster";
  table_.tell(kWatch, kSet, member("late"));
  EXPECT_EQ(table_.members().size(), 1u) << "a watch that has ended says nothing";
}

// --- Sets.

TEST_F(MemberTableTest, ShowsWhatTheScopeHolds) {
  tell("a");
  auto elsewhere = member("a");
  elsewhere.object.id.name_space = "other";
  table_.tell(kWatch, kSet, elsewhere);
  EXPECT_EQ(table_.members().of(kSet).size(), 1u);
  EXPECT_TRUE(table_.follow(scope(kSet, {"shop", "other"})).empty());
  EXPECT_EQ(table_.members().of(kSet).size(), 2u);
  auto secrets = scope(kSet);
  secrets.kinds = {{"", "Secret"}};
  table_.follow(secrets);
  EXPECT_EQ(table_.members().of(kSet).size(), 0u);
  EXPECT_EQ(table_.members().of("nobody").size(), 0u);
}

TEST_F(MemberTableTest, KnowsTheMembersOfASetThatIsFollowedLater) {
  tell("a", {}, "applyset-later-v1");
  EXPECT_EQ(changes(), Names()) << "nobody listens";
  EXPECT_EQ(table_.follow(scope("applyset-later-v1")), std::vector<MemberTable::WatchId>());
  EXPECT_EQ(names("applyset-later-v1"), Names{"a"});
  table_.forget("applyset-later-v1");
  tell("b", {}, "applyset-later-v1");
  EXPECT_EQ(changes(), Names());
  table_.follow(scope("applyset-later-v1"));
  EXPECT_EQ(names("applyset-later-v1"), (Names{"a", "b"}));
}

TEST_F(MemberTableTest, AGuessedHealthIsKnownForOne) {
  table_.tell(kWatch, kSet, member("a", {.version = 5}), false);
  EXPECT_FALSE(table_.members().is_judged(kSet));
  changes();
  tell("a", {.version = 5});
  EXPECT_TRUE(table_.members().is_judged(kSet));
  EXPECT_EQ(changes(), Names{kSet}) << "the guess was right, and somebody waits to hear it";
  EXPECT_TRUE(table_.unjudge(kSet, kMaps));
  EXPECT_FALSE(table_.members().is_judged(kSet));
  EXPECT_FALSE(table_.unjudge(kSet, {"", "Secret"}));
  EXPECT_FALSE(table_.unjudge("nobody", kMaps));
  table_.tell_gone(kWatch, map_id("a"), "6");
  EXPECT_TRUE(table_.members().is_judged(kSet));
}

}  // namespace
}  // namespace sealift::members
