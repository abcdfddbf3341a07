#include "support/result_matchers.h"

#include <sealift/base/json_pointer.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;

// The examples of RFC 6901, section 5, and what lies beside them.
TEST(JsonPointer, Finds) {
  const auto document =
      parse_json(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"null":null,"~1":9,"01":5})", "test")
          .value();
  const struct {
    const char* pointer;
    const char* value;  // null: nothing
  } kCases[] = {
      {"", R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"null":null,"~1":9,"01":5})"},
      {"/foo", R"(["bar","baz"])"},
      {"/foo/0", R"("bar")"},
      {"/foo/1", R"("baz")"},
      {"/foo/2", nullptr},
      {"/foo/-", nullptr},
      {"/foo/01", nullptr},
      {"/foo/+1", nullptr},
      {"/foo/", nullptr},
      {"/foo/99999999999999999999999", nullptr},
      {"/01", "5"},
      {"/", "0"},
      {"//", nullptr},
      {"/a~1b", "1"},
      {"/m~0n", "8"},
      {"/~01", "9"},
      {"/null", "null"},
      {"/null/x", nullptr},
      {"/bar", nullptr},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_ASSIGN(const auto pointer, JsonPointer::parse(test.pointer));
    EXPECT_EQ(pointer.text(), test.pointer);
    const Json* found = pointer.find(document);
    ASSERT_EQ(found != nullptr, test.value != nullptr) << test.pointer;
    if (found != nullptr) {
      EXPECT_EQ(dump_json(*found), test.value) << test.pointer;
    }
  }
}

TEST(JsonPointer, HasTokensWithoutEscapes) {
  using Tokens = std::vector<std::string>;
  EXPECT_EQ(JsonPointer::parse("").value().tokens(), Tokens{});
  EXPECT_EQ(JsonPointer::parse("/").value().tokens(), Tokens{""});
  EXPECT_EQ(JsonPointer::parse("/a/b~1c~0d/0").value().tokens(), (Tokens{"a", "b/c~d", "0"}));
  EXPECT_EQ(JsonPointer::parse("/~01").value().tokens(), Tokens{"~1"});
}

TEST(JsonPointer, RefusesWhatIsNone) {
  std::string deep;
  for (std::size_t i = 0; i <= kMaxPointerTokens; ++i) deep += "/a";
  const std::pair<std::string, const char*> kCases[] = {
      {"a", "must begin with \"/\""},
      {"/a~", "\"~0\""},
      {"/~2", "\"~0\""},
      {"/" + std::string(kMaxPointerBytes, 'a'), "longer than 512"},
      {deep, "deeper than 32"},
  };
  for (const auto& [text, message] : kCases) {
    EXPECT_THAT(JsonPointer::parse(text), fails_with(ErrorCode::kInvalidInput, message)) << text;
  }
}

}  // namespace
}  // namespace sealift
