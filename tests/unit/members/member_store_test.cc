#include "member_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::members {
namespace {

using objects::Health;
using Names = std::vector<std::string>;

const kube::GroupKind kMaps{"", "ConfigMap"};
const std::string kSet = "applyset-a-v1";
const std::string kOther = "applyset-b-v1";

Member map(const std::string& name, const std::string& version = "1",
           const std::string& uid = "u") {
  Member out;
  out.object.id = {"", "ConfigMap", "shop", name};
  out.object.uid = uid;
  out.object.resource_version = version;
  out.object.own_fields_hash = std::string(64, 'a');
  out.health = {Health::kCurrent, ""};
  return out;
}

MemberScope scope(const std::string& set, std::set<std::string> name_spaces = {"shop"}) {
  MemberScope out;
  out.applyset_id = set;
  out.kinds = {kMaps};
  out.name_spaces = std::move(name_spaces);
  return out;
}

// A store in which one set is followed and another is not.
class MemberStoreTest : public testing::Test {
 protected:
  MemberStoreTest() { EXPECT_TRUE(store_.follow(scope(kSet))); }
  MemberStore::Entry& add(const std::string& name, const std::string& set = kSet,
                          bool judged = true) {
    return *store_.add(set, map(name), judged);
  }
  Names names(const std::string& set = kSet) const {
    Names out;
    for (const auto& [id, one] : store_.of(set)) out.push_back(id.name);
    return out;
  }

  MemberStore store_;
};

TEST_F(MemberStoreTest, TellsNewsFromWhatIsKnown) {
  auto& entry = add("a");
  EXPECT_FALSE(store_.update(entry, kSet, map("a", "2"), true)) << "another version alone";
  EXPECT_EQ(entry.second.version, 2u);
  EXPECT_TRUE(store_.update(entry, kSet, map("a", "3", "another"), true));
  auto sick = map("a", "4", "another");
  sick.health = {Health::kInProgress, "0 of 1"};
  EXPECT_TRUE(store_.update(entry, kSet, sick, true));
  sick.health.reason = "still 0 of 1";
  EXPECT_TRUE(store_.update(entry, kSet, sick, true));
  EXPECT_FALSE(store_.update(entry, kSet, sick, true));
}

TEST_F(MemberStoreTest, AnObjectMayGoFromOneSetToAnother) {
  auto& entry = add("a");
  EXPECT_EQ(store_.strangers(), 0u);
  EXPECT_TRUE(store_.update(entry, kOther, map("a"), true));
  EXPECT_EQ(store_.owner_of(entry.first), kOther);
  EXPECT_EQ(names(), Names{});
  EXPECT_EQ(store_.strangers(), 1u);
  EXPECT_EQ(store_.take_changes(), Names{kSet}) << "it has lost a member";
}

TEST_F(MemberStoreTest, CountsTheMembersOfSetsThatNobodyFollows) {
  add("a");
  add("b", kOther);
  EXPECT_EQ(store_.strangers(), 1u);
  EXPECT_TRUE(store_.follow(scope(kOther)));
  EXPECT_FALSE(store_.follow(scope(kOther))) << "it is followed already";
  EXPECT_EQ(store_.strangers(), 0u);
  EXPECT_EQ(store_.followed(), 2u);
  store_.forget(kSet);
  EXPECT_EQ(store_.strangers(), 1u);
  store_.erase(store_.find(map("a").object.id), true);
  EXPECT_EQ(store_.strangers(), 0u);
  EXPECT_EQ(store_.size(), 1u);
}

// Anybody may put a set's label on objects of his own.
TEST_F(MemberStoreTest, AMemberOutsideOfWhatItsSetWantsIsAStranger) {
  auto forged = map("forged");
  forged.object.id.name_space = "elsewhere";
  auto& entry = *store_.add(kSet, forged, false);
  store_.mark(entry);
  EXPECT_FALSE(store_.has_changes()) << "whoever forges it wakes nobody";
  EXPECT_EQ(store_.strangers(), 1u);
  EXPECT_EQ(store_.size_of(kSet), 0u);
  EXPECT_TRUE(store_.is_judged(kSet)) << "and nobody waits for its health";
  EXPECT_EQ(names(), Names{});
  EXPECT_EQ(store_.owner_of(entry.first), kSet) << "it says so";
  EXPECT_TRUE(store_.unjudge(kSet, kMaps));
  EXPECT_TRUE(store_.is_judged(kSet));
  EXPECT_FALSE(store_.update(entry, kSet, forged, false));

  EXPECT_TRUE(store_.follow(scope(kSet, {"shop", "elsewhere"}))) << "more is wanted";
  EXPECT_EQ(store_.strangers(), 0u);
  EXPECT_EQ(store_.size_of(kSet), 1u);
  EXPECT_FALSE(store_.is_judged(kSet));
  EXPECT_EQ(names(), Names{"forged"});
  EXPECT_FALSE(store_.follow(scope(kSet))) << "less is wanted";
  EXPECT_EQ(store_.strangers(), 1u);
  store_.erase(store_.find(forged.object.id), true);
  EXPECT_EQ(store_.strangers(), 0u);
  EXPECT_FALSE(store_.has_changes());
}

TEST_F(MemberStoreTest, TellsOfChangesOfSetsThatAreFollowed) {
  store_.mark(add("a"));
  store_.mark(add("b", kOther));
  EXPECT_EQ(store_.take_changes(), Names{kSet});
  EXPECT_FALSE(store_.has_changes());
  store_.erase(store_.find(map("a").object.id), true);
  EXPECT_EQ(store_.take_changes(), Names{kSet});
}

TEST_F(MemberStoreTest, KeepsChangesBackWhileSomebodyWrites) {
  store_.begin_writes(kSet);
  store_.begin_writes(kSet);
  store_.mark(add("a"));
  store_.mark(add("b"));
  store_.end_writes(kSet);
  EXPECT_FALSE(store_.has_changes()) << "one of two has ended";
  store_.unmark(kSet, map("a").object.id);
  store_.end_writes(kSet);
  EXPECT_TRUE(store_.has_changes()) << "nobody took that of b back";
  store_.unmark(kSet, map("b").object.id);
  EXPECT_FALSE(store_.has_changes());
}

// Whoever is written to may let objects come and go for as long as the write lasts.
TEST_F(MemberStoreTest, KeepsNotMoreThanSoManyChangesApart) {
  store_.begin_writes(kSet);
  const auto pass_by = [&](std::size_t number) {
    const auto name = "m" + std::to_string(number);
    store_.mark(add(name));
    store_.erase(store_.find(map(name).object.id), true);
    return map(name).object.id;
  };
  for (std::size_t i = 0; i <= MemberStore::kMaxChanges; ++i) pass_by(i);
  for (std::size_t i = 0; i <= MemberStore::kMaxChanges; ++i) {
    store_.unmark(kSet, map("m" + std::to_string(i)).object.id);
  }
  store_.end_writes(kSet);
  EXPECT_EQ(store_.take_changes(), Names{kSet}) << "the last was not kept, so it is told";
  store_.begin_writes(kSet);
  store_.unmark(kSet, pass_by(0));
  store_.end_writes(kSet);
  EXPECT_FALSE(store_.has_changes()) << "all that was told";
}

TEST_F(MemberStoreTest, MembersGoInAnyOrder) {
  for (const auto* name : {"a", "b", "c", "d"}) add(name);
  for (const auto* name : {"b", "d", "a"}) {
    store_.erase(store_.find(map(name).object.id), false);
    EXPECT_EQ(store_.size_of(kSet), store_.size()) << name;
  }
  EXPECT_EQ(names(), Names{"c"});
  add("e");
  EXPECT_EQ(names(), (Names{"c", "e"}));
}

TEST_F(MemberStoreTest, KnowsWhichHealthIsAGuess) {
  auto& guessed = add("a", kSet, false);
  add("b");
  EXPECT_FALSE(store_.is_judged(kSet));
  EXPECT_TRUE(store_.update(guessed, kSet, map("a"), true)) << "the last guess was judged";
  EXPECT_TRUE(store_.is_judged(kSet));
  EXPECT_TRUE(store_.unjudge(kSet, kMaps));
  EXPECT_FALSE(store_.unjudge(kSet, {"", "Secret"}));
  EXPECT_FALSE(store_.is_judged(kSet));
  // A guess goes with its object, or with it into another set.
  store_.follow(scope(kOther));
  store_.update(guessed, kOther, map("a"), false);
  EXPECT_FALSE(store_.is_judged(kOther));
  store_.erase(store_.find(map("b").object.id), false);
  EXPECT_TRUE(store_.is_judged(kSet));
}

}  // namespace
}  // namespace sealift::members
