#include "support/result_matchers.h"

#include <sealift/base/json.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

Json object_of(std::size_t members, bool backwards) {
  Json::Object object;
  for (std::size_t i = 0; i < members; ++i) {
    const std::size_t n = backwards ? members - 1 - i : i;
    object.emplace_back("member" + std::to_string(n), Json(static_cast<std::int64_t>(n)));
  }
  return Json(std::move(object));
}

TEST(Json, FindsAlongAPath) {
  const Json value(Json::Object{{"a", Json(Json::Object{{"b", Json("text")}, {"n", Json(1)}})}});
  EXPECT_EQ(value.string_at({"a", "b"}), "text");
  EXPECT_EQ(value.string_at({"a", "n"}), "");
  EXPECT_EQ(value.string_at({"a", "missing", "b"}), "");
  EXPECT_EQ(value.find_path({"a", "b", "c"}), nullptr);
  EXPECT_EQ(value.find_path({}), &value);
}

TEST(Json, SetReplacesInPlaceAndAppendsAtTheEnd) {
  Json value;
  value.set("a", 1);
  value.set("b", 2);
  value.set("a", "three");
  EXPECT_EQ(dump_json(value), R"({"a":"three","b":2})");
  EXPECT_TRUE(value.erase("a"));
  EXPECT_FALSE(value.erase("a"));
  EXPECT_EQ(dump_json(value), R"({"b":2})");
}

TEST(Json, PushBackTurnsNullIntoAnArray) {
  Json value;
  value.push_back(true);
  value.push_back(nullptr);
  EXPECT_EQ(dump_json(value), "[true,null]");
}

TEST(Json, IntegersOfSixtyFourBits) {
  EXPECT_EQ(Json(INT64_MIN).as_int64(), INT64_MIN);
  EXPECT_EQ(Json(UINT64_MAX).as_int64(), std::nullopt);
  EXPECT_EQ(dump_json(Json(UINT64_MAX)), "18446744073709551615");
  for (const char* digits : {"1.0", "1e3", "9223372036854775808"}) {
    EXPECT_EQ(Json(Json::Number{digits}).as_int64(), std::nullopt) << digits;
  }
  EXPECT_EQ(Json("1").as_int64(), std::nullopt);
}

TEST(Json, EqualityIgnoresTheOrderOfMembersAlone) {
  for (const std::size_t members : {0u, 1u, 5u, 16u, 17u, 200u}) {
    EXPECT_EQ(object_of(members, false), object_of(members, true)) << members;
    Json changed = object_of(members + 1, true);
    changed.set("member0", "other");
    EXPECT_FALSE(object_of(members + 1, false) == changed) << members;
    EXPECT_FALSE(object_of(members, false) == object_of(members + 1, false)) << members;
  }
  EXPECT_FALSE(Json(Json::Array{1, 2}) == Json(Json::Array{2, 1}));
  EXPECT_FALSE(Json(Json::Number{"1"}) == Json(Json::Number{"1.0"}));
  EXPECT_FALSE(Json("1") == Json(1));
}

// Each level is nested in the first member and has its last two members swapped. Comparing a
// level's first members again once the order turns out to differ would take 2^60 steps.
Json nested(std::size_t levels, bool swapped) {
  Json value("leaf");
  for (std::size_t level = 0; level < levels; ++level) {
    Json::Object object = *object_of(20, false).as_object();
    object.front().second = std::move(value);
    if (swapped) std::swap(object[18], object[19]);
    value = Json(std::move(object));
  }
  return value;
}

TEST(Json, EqualityComparesEachMemberOnce) {
  EXPECT_EQ(nested(60, false), nested(60, true));
  Json changed = nested(60, true);
  changed.as_object()->back().second = Json("other");
  EXPECT_FALSE(nested(60, false) == changed);
}

TEST(Json, NamesItsType) {
  EXPECT_EQ(Json().type_name(), "null");
  EXPECT_EQ(Json(true).type_name(), "boolean");
  EXPECT_EQ(Json(1).type_name(), "number");
  EXPECT_EQ(Json("").type_name(), "string");
  EXPECT_EQ(Json::array().type_name(), "array");
  EXPECT_EQ(Json::object().type_name(), "object");
}

}  // namespace
}  // namespace sealift
