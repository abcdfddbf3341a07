#include <sealift/controller/delivery_record.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::controller {
namespace {

LiveDelivery seen(std::uint64_t version, const std::string& kinds) {
  LiveDelivery live;
  live.name_space = "shop";
  live.name = "web";
  live.version = version;
  live.marks.group_kinds = kinds;
  return live;
}

TEST(DeliveryRecord, KnowsMarksThatSomebodyTookOff) {
  DeliveryRecord record(seen(1, "Service"));
  EXPECT_EQ(record.latest_marks().group_kinds, "Service");
  ASSERT_TRUE(record.take(seen(2, "Deployment.apps,Service")));
  EXPECT_EQ(record.latest_marks().group_kinds, "Deployment.apps,Service");
  for (const std::uint64_t version : {3u, 4u}) {
    ASSERT_TRUE(record.take(seen(version, "")));
    EXPECT_EQ(record.live().marks.group_kinds, "");
    EXPECT_EQ(record.latest_marks().group_kinds, "Deployment.apps,Service");
  }
  ASSERT_TRUE(record.take(seen(5, "Ingress.networking.k8s.io")));
  EXPECT_EQ(record.latest_marks().group_kinds, "Ingress.networking.k8s.io");
}

}  // namespace
}  // namespace sealift::controller
