#include <sealift/controller/delivery_resource.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::controller {
namespace {

TEST(LiveDelivery, MayHaveObjectsWhereAnythingTellsOfThem) {
  const struct {
    const char* name;
    const char* group_kinds;
    const char* cluster;
    const char* status;
    bool may;
  } kCases[] = {
      {"nothing", "", "", "{}", false},
      {"refused so far", "", "", R"({"conditions":[]})", false},
      {"accepted", "", "", R"({"accepted":{"digest":"sha256:0"}})", true},
      {"from a backup", "ConfigMap", "", "{}", true},
      {"from a backup, of a remote cluster", "", "https://edge.test", "{}", true},
      {"a status that nobody can read", "", "", "{", true},
  };
  for (const auto& test : kCases) {
    LiveDelivery live;
    live.marks.group_kinds = test.group_kinds;
    live.cluster = test.cluster;
    live.status = test.status;
    EXPECT_EQ(live.may_have_objects(), test.may) << test.name;
  }
}

}  // namespace
}  // namespace sealift::controller
