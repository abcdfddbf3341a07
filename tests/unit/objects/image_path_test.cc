#include <sealift/objects/image_path.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using test::fails_with;
using Found = std::vector<std::string>;  // "POINTER=VALUE"

Found find(const ImagePath& path, const std::string& object) {
  Found found;
  const Json json = parse_json(object, "object").value();
  EXPECT_OK(path.visit(json, "", [&](const Json& value, const std::string& pointer) -> Result<> {
    found.push_back(pointer + "=" + dump_json(value));
    return {};
  }));
  return found;
}

TEST(ImagePath, LeadsToValues) {
  const struct {
    const char* path;
    const char* object;
    Found expected;
  } kCases[] = {
      {"P:.spec.image", R"({"spec":{"image":"a"}})", {R"(/spec/image="a")"}},
      {"P:.spec.image", R"({"spec":{}})", {}},
      {"P:.spec.image", R"({"spec":["a"]})", {}},
      {"P:.steps[*].image",
       R"({"steps":[{"image":"a"},{},{"image":2}]})",
       {R"(/steps/0/image="a")", "/steps/2/image=2"}},
      {"P:.parts[*]",
       R"({"parts":{"x/y":"a","z":"b"}})",
       {R"(/parts/x~1y="a")", R"(/parts/z="b")"}},
      {"P:[*][*]", R"([["a"],["b"]])", {R"(/0/0="a")", R"(/1/0="b")"}},
      {"P:.spec['side.car/1'].ref",
       R"({"spec":{"side.car/1":{"ref":"a"}}})",
       {R"(/spec/side.car~11/ref="a")"}},
      {"P:.a[*]", R"({"a":"text"})", {}},
  };
  for (const auto& [text, object, expected] : kCases) {
    ASSERT_OK_ASSIGN(const auto path, ImagePath::parse(text));
    EXPECT_EQ(path.text(), text);
    EXPECT_EQ(find(path, object), expected) << text << " in " << object;
  }
}

TEST(ImagePath, IsOfAKind) {
  ASSERT_OK_ASSIGN(const auto any, ImagePath::parse("Kafka:.spec.image"));
  ASSERT_OK_ASSIGN(const auto one, ImagePath::parse("kafka.strimzi.io/Kafka:.spec.image"));
  EXPECT_TRUE(any.fits("kafka.strimzi.io", "Kafka"));
  EXPECT_TRUE(any.fits("example.com", "Kafka"));
  EXPECT_FALSE(any.fits("", "Kafkas"));
  EXPECT_TRUE(one.fits("kafka.strimzi.io", "Kafka"));
  EXPECT_FALSE(one.fits("example.com", "Kafka"));
}

TEST(ImagePath, RefusesWhatIsNone) {
  std::string deep = "P:";
  for (int i = 0; i < 33; ++i) deep += ".a";
  const struct {
    std::string text;
    const char* why;
  } kCases[] = {
      {"", "write [GROUP/]KIND:PATH"},
      {"Prometheus", "write [GROUP/]KIND:PATH"},
      {":.spec", "no kind"},
      {"a b:.spec", "no kind"},
      {"/Kafka:.spec", "no group"},
      {"a/b/Kafka:.spec", "no kind"},
      {"P:", "has no path"},
      {"P:spec.image", "each step is"},
      {"P:.", "comes a word"},
      {"P:.spec..image", "comes a word"},
      {"P:.spec[0]", "each step is"},
      {"P:.spec['image", "no '] behind it"},
      {"P:.a b", "comes a word"},
      {deep, "limit of 32 steps"},
      {"P:." + std::string(600, 'a'), "limit of 512 bytes"},
  };
  for (const auto& [text, why] : kCases) {
    EXPECT_THAT(ImagePath::parse(text), fails_with(ErrorCode::kInvalidInput, why)) << text;
  }
}

}  // namespace
}  // namespace sealift::objects
