#include <sealift/objects/json_pointer.h>

#include <gtest/gtest.h>

namespace sealift::objects {
namespace {

TEST(JsonPointer, EscapesAndSplits) {
  using Tokens = std::vector<std::string>;
  EXPECT_EQ(extend_pointer("", ""), "/");
  EXPECT_EQ(extend_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(split_pointer(""), Tokens{});
  EXPECT_EQ(split_pointer("/"), Tokens{""});
  EXPECT_EQ(split_pointer("/a/b~1c~0d/0"), (Tokens{"a", "b/c~d", "0"}));
  EXPECT_EQ(split_pointer("/~01"), Tokens{"~1"});
}

}  // namespace
}  // namespace sealift::objects
