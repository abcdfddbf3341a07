#include <sealift/objects/field_path_list.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using Texts = std::vector<std::string>;

TEST(FieldPathList, SplitsWhereAPathEnds) {
  const struct {
    const char* text;
    Texts expected;
  } kCases[] = {
      {"", {}},
      {"  ", {}},
      {"/spec/replicas", {"/spec/replicas"}},
      {"/a,/b", {"/a", "/b"}},
      {" /a , \n /b ", {"/a", "/b"}},
      {"/a,", {"/a"}},
      {"/spec/ports/[port=80,protocol=TCP],/b", {"/spec/ports/[port=80,protocol=TCP]", "/b"}},
      {"/metadata/annotations/a~1b,/c", {"/metadata/annotations/a~1b", "/c"}},
  };
  for (const auto& [text, expected] : kCases) {
    ASSERT_OK_ASSIGN(const auto paths, parse_field_paths(text));
    Texts got;
    for (const auto& path : paths) got.push_back(path.text());
    EXPECT_EQ(got, expected) << text;
  }
}

TEST(FieldPathList, RefusesWhatIsNoListOfPaths) {
  for (const auto* text : {"true", "spec", ",", ",/b", "/a~2", "/a, /b~2"}) {
    EXPECT_THAT(parse_field_paths(text), test::fails_with(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(FieldPathList, BoundsTheirNumber) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "/a,";
  EXPECT_OK(parse_field_paths(text));
  EXPECT_THAT(parse_field_paths(text + "/a"),
              test::fails_with(ErrorCode::kInvalidInput, "more than 100 paths"));
}

}  // namespace
}  // namespace sealift::objects
