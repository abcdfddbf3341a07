#include "support/result_matchers.h"

#include <sealift/base/json_reader.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;

Json parse(std::string_view text) { return *parse_json(text, "test"); }

TEST(ObjectReader, ReadsEachType) {
  const Json value = parse(R"({"s":"text","b":true,"n":-5,"d":"1m30s","l":["x","y"],
                               "m":{"k":"v"},"o":{"i":1},"os":[{"i":2},{"i":3}],"any":[1]})");
  ASSERT_OK_ASSIGN(auto reader, ObjectReader::open(value, "spec"));
  EXPECT_EQ(*reader.required_string("s"), "text");
  EXPECT_EQ(*reader.bool_or("b", false), true);
  EXPECT_EQ(*reader.required_int("n"), -5);
  EXPECT_EQ(**reader.optional_duration("d"), std::chrono::seconds(90));
  EXPECT_EQ(*reader.strings("l"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(reader.string_map("m")->front(), std::pair(std::string("k"), std::string("v")));
  ASSERT_OK_ASSIGN(auto inner, reader.required_object("o"));
  EXPECT_EQ(inner.path(), "spec.o");
  EXPECT_EQ(*inner.required_int("i"), 1);
  ASSERT_OK_ASSIGN(auto elements, reader.objects("os"));
  ASSERT_EQ(elements.size(), 2u);
  EXPECT_EQ(elements[1].path(), "spec.os[1]");
  EXPECT_EQ(*elements[1].required_int("i"), 3);
  ASSERT_NE(reader.any("any"), nullptr);
  EXPECT_TRUE(reader.any("any")->is_array());
  EXPECT_OK(reader.finish());
}

TEST(ObjectReader, AbsentAndNullAreTheSame) {
  const Json value = parse(R"({"null":null})");
  for (const char* name : {"null", "absent"}) {
    ASSERT_OK_ASSIGN(auto reader, ObjectReader::open(value, "spec"));
    EXPECT_THAT(
        reader.required_string(name),
        fails_with(ErrorCode::kInvalidInput, std::string("spec.") + name + ": is required"));
    EXPECT_THAT(reader.required_int(name), fails_with(ErrorCode::kInvalidInput, "is required"));
    EXPECT_THAT(reader.required_object(name), fails_with(ErrorCode::kInvalidInput, "is required"));
    EXPECT_EQ(*reader.optional_string(name), std::nullopt);
    EXPECT_EQ(*reader.string_or(name, "otherwise"), "otherwise");
    EXPECT_EQ(*reader.bool_or(name, true), true);
    EXPECT_EQ(*reader.int_or(name, 7), 7);
    EXPECT_EQ(*reader.optional_duration(name), std::nullopt);
    EXPECT_TRUE(reader.strings(name)->empty());
    EXPECT_TRUE(reader.string_map(name)->empty());
    EXPECT_TRUE(reader.objects(name)->empty());
    EXPECT_FALSE(reader.optional_object(name)->has_value());
    EXPECT_EQ(reader.any(name), nullptr);
  }
}

TEST(ObjectReader, WrongTypesNameThePath) {
  const Json value = parse(R"({"s":1,"n":1.5,"d":"soon","l":["x",2],"m":{"k":true},"os":[{},[]]})");
  ASSERT_OK_ASSIGN(auto reader, ObjectReader::open(value, "spec"));
  const auto refused = [](const std::string& message) {
    return fails_with(ErrorCode::kInvalidInput, message);
  };
  EXPECT_THAT(reader.required_string("s"), refused("spec.s: must be a string, is a number"));
  EXPECT_THAT(reader.bool_or("s", true), refused("spec.s: must be true or false, is a number"));
  EXPECT_THAT(reader.int_or("n", 1), refused("spec.n: must be a whole number of 64 bits, is 1.5"));
  EXPECT_THAT(reader.required_int("l"), refused("spec.l: must be a whole number, is an array"));
  EXPECT_THAT(reader.optional_duration("d"), refused("spec.d: \"soon\" is no duration"));
  EXPECT_THAT(reader.strings("l"), refused("spec.l[1]: must be a string, is a number"));
  EXPECT_THAT(reader.string_map("m"), refused("spec.m.k: must be a string, is a boolean"));
  EXPECT_THAT(reader.objects("os"), refused("spec.os[1]: must be an object, is an array"));
  EXPECT_THAT(reader.optional_object("l"), refused("spec.l: must be an object"));
  EXPECT_THAT(ObjectReader::open(Json(1), ""), refused("the document must be an object"));
}

TEST(ObjectReader, UnknownMembersAreRefusedWithTheKnownOnes) {
  const Json value = parse(R"({"a":1,"typo":2})");
  ASSERT_OK_ASSIGN(auto reader, ObjectReader::open(value, "spec"));
  EXPECT_OK(reader.int_or("a", 0));
  EXPECT_OK(reader.int_or("b", 0));
  EXPECT_THAT(reader.finish(),
              fails_with(ErrorCode::kInvalidInput, "spec.typo: is not a known field"));
  EXPECT_THAT(reader.finish(), fails_with(ErrorCode::kInvalidInput, "known are a, b"));
  reader.ignore_unknown();
  EXPECT_OK(reader.finish());
}

}  // namespace
}  // namespace sealift
