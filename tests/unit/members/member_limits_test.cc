#include "member_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/result_matchers.h"

// What a MemberTable has room for, and what comes of that.
namespace sealift::members {
namespace {

using test::fails_with;
using Watches = std::vector<MemberTable::WatchId>;

const kube::GroupKind kMaps{"", "ConfigMap"};
const std::string kSet = "applyset-a-v1";
const std::string kOther = "applyset-b-v1";

objects::ObjectId map_id(const std::string& name) { return {"", "ConfigMap", "shop", name}; }

MemberScope scope(const std::string& set, std::set<std::string> name_spaces = {"shop"}) {
  MemberScope out;
  out.applyset_id = set;
  out.kinds = {kMaps};
  out.name_spaces = std::move(name_spaces);
  return out;
}

Member member(const std::string& name, std::uint64_t version = 1) {
  Member out;
  out.object.id = map_id(name);
  out.object.uid = "u";
  out.object.resource_version = std::to_string(version);
  return out;
}

// The server of a tenant may tell of any number.
TEST(MemberLimits, BoundsTheMembersOfASetAndOfAll) {
  MemberTable table({.of_set = 2, .of_view = 3});
  table.add_watch(1, {kMaps, ""});
  table.reset(1);
  table.follow(scope(kSet));
  table.follow(scope(kOther));
  for (const auto* name : {"a", "b"}) EXPECT_OK(table.tell(1, kSet, member(name)));
  EXPECT_OK(table.tell(1, kSet, member("a", 2))) << "it is no other one";
  EXPECT_THAT(
      table.tell(1, kSet, member("c")),
      fails_with(ErrorCode::kInvalidInput, "the ApplySet applyset-a-v1 than the limit of 2"));
  EXPECT_OK(table.tell(1, kOther, member("d"))) << "another set has room";
  EXPECT_THAT(table.tell(1, kOther, member("e")),
              fails_with(ErrorCode::kInvalidInput, "the limit of 3 of all ApplySets"));
  EXPECT_OK(table.tell(1, "nobody's", member("f"))) << "it is left out";
  EXPECT_EQ(table.members().size(), 3u);
  table.forget(kSet);
  EXPECT_EQ(table.follow(scope(kSet)), Watches{1}) << "it has to tell them again";
}

TEST(MemberLimits, BoundsTheStrangers) {
  MemberTable table({.strangers = 2});
  table.add_watch(1, {kMaps, ""});
  table.reset(1);
  for (const auto* name : {"a", "b", "c"}) table.tell(1, kSet, member(name));
  EXPECT_TRUE(table.sync(1, "5"));
  EXPECT_EQ(table.members().size(), 2u);
  EXPECT_EQ(table.follow(scope(kSet)), Watches{1}) << "it must tell again";
  table.reset(1);
  for (const auto* name : {"a", "b", "c"}) table.tell(1, kSet, member(name));
  EXPECT_TRUE(table.sync(1, "6"));
  EXPECT_EQ(table.members().size(), 3u) << "whoever is followed is no stranger";
  EXPECT_EQ(table.follow(scope(kOther)), Watches());
  EXPECT_EQ(table.follow(scope(kSet)), Watches()) << "it wants no more";
  table.tell(1, "nobody", member("d"));
  table.tell(1, "nobody", member("e"));
  table.tell(1, "nobody", member("f"));
  EXPECT_EQ(table.members().size(), 5u);
  table.tell_gone(1, map_id("d"), "9");
  table.tell(1, "nobody", member("f"));
  EXPECT_EQ(table.members().size(), 5u) << "room was made";
}

TEST(MemberLimits, WhatWasLeftOutIsMissedUntilAllIsToldAgain) {
  MemberTable table({.strangers = 0});
  table.add_watch(1, {kMaps, ""});
  table.reset(1);
  table.tell(1, kSet, member("a"));
  EXPECT_TRUE(table.sync(1, "5"));
  table.reset(1);
  EXPECT_EQ(table.follow(scope(kSet)), Watches{1}) << "others still believe what it told";
  table.tell(1, kSet, member("a"));
  table.tell(1, kOther, member("b"));
  EXPECT_EQ(table.follow(scope(kOther)), Watches{1}) << "it came too late for this round";
  EXPECT_TRUE(table.sync(1, "6"));
  EXPECT_EQ(table.follow(scope(kOther, {"shop", "more"})), Watches{1});
  table.reset(1);
  for (const auto* name : {"a", "b"}) {
    table.tell(1, name == std::string("a") ? kSet : kOther, member(name));
  }
  EXPECT_TRUE(table.sync(1, "7"));
  EXPECT_EQ(table.follow(scope(kSet, {"shop", "more"})), Watches());
  auto secrets = scope(kSet);
  secrets.kinds = {{"", "Secret"}};
  table.tell(1, "nobody", member("c"));
  EXPECT_EQ(table.follow(secrets), Watches()) << "the watch tells of no Secret";
}

// Otherwise whoever may make objects in one namespace could have another's set refused.
TEST(MemberLimits, ForgedMembersElsewhereAreStrangers) {
  MemberTable table({.strangers = 3, .of_set = 2});
  table.add_watch(1, {kMaps, ""});
  table.reset(1);
  table.follow(scope(kSet));
  for (const auto* name : {"x", "y", "z", "z2"}) {
    auto forged = member(name);
    forged.object.id.name_space = "elsewhere";
    EXPECT_OK(table.tell(1, kSet, forged)) << name;
  }
  EXPECT_EQ(table.members().size(), 3u) << "one is left out";
  EXPECT_TRUE(table.take_changes().empty());
  for (const auto* name : {"a", "b"}) EXPECT_OK(table.tell(1, kSet, member(name)));
  EXPECT_TRUE(table.sync(1, "5"));
  EXPECT_EQ(table.members().of(kSet).size(), 2u);
  EXPECT_EQ(table.follow(scope(kSet, {"shop", "elsewhere"})), Watches{1})
      << "what is wanted from now on may be among what was left out";
}

}  // namespace
}  // namespace sealift::members
