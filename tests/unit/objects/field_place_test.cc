#include <sealift/objects/field_place.h>

#include <gtest/gtest.h>

namespace sealift::objects {
namespace {

TEST(FieldPlace, BecomesAPointer) {
  const FieldPlace top;
  EXPECT_TRUE(top.is_top());
  EXPECT_EQ(top.pointer(), "");
  const FieldPlace labels(top, "labels");
  const FieldPlace name(labels, "app.kubernetes.io/na~me");
  EXPECT_EQ(FieldPlace(name, std::size_t{3}).pointer(), "/labels/app.kubernetes.io~1na~0me/3");
  EXPECT_FALSE(labels.is_top());
}

TEST(FieldPlace, IsCutWhereANameIsTooLong) {
  const FieldPlace top;
  const FieldPlace data(top, "data");
  const std::string long_name(FieldPlace::kMaxBytes, 'x');
  const FieldPlace deep(data, long_name);
  EXPECT_EQ(FieldPlace(deep, "a").pointer(), "/data");
}

}  // namespace
}  // namespace sealift::objects
