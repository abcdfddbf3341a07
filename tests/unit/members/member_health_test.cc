#include <sealift/members/member_health.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::members {
namespace {

using objects::Health;

objects::ObjectId deployment(int number) {
  return {"apps", "Deployment", "shop", "web" + std::to_string(number)};
}

TEST(MemberHealth, CountsByKind) {
  HealthCounter counter;
  counter.add(deployment(1), {Health::kCurrent, ""});
  counter.add({"", "Service", "shop", "web"}, {Health::kCurrent, ""});
  counter.add(deployment(2), {Health::kInProgress, "0 of 2 replicas are available"});
  const auto health = counter.take();
  ASSERT_EQ(health.kinds.size(), 2u);
  EXPECT_EQ(health.kinds[0].kind.to_string(), "Service");
  EXPECT_EQ(health.kinds[0].healthy, 1u);
  EXPECT_EQ(health.kinds[1].kind.to_string(), "Deployment.apps");
  EXPECT_EQ(health.kinds[1].count, 2u);
  EXPECT_EQ(health.kinds[1].healthy, 1u);
  EXPECT_FALSE(health.all_current());
  EXPECT_EQ(health.failed_count, 0u);
  EXPECT_EQ(health.describe(),
            "Deployment.apps shop/web2 is InProgress (0 of 2 replicas are available)");
}

TEST(MemberHealth, NamesTheFailedFirstAndFew) {
  HealthCounter counter;
  for (int i = 0; i < 20; ++i) counter.add(deployment(i), {Health::kInProgress, ""});
  for (int i = 20; i < 32; ++i) counter.add(deployment(i), {Health::kFailed, "it broke"});
  const auto health = counter.take();
  EXPECT_EQ(health.unhealthy_count, 32u);
  EXPECT_EQ(health.failed_count, 12u);
  ASSERT_EQ(health.unhealthy.size(), MemberHealth::kMaxNamed);
  for (std::size_t i = 0; i < MemberHealth::kMaxNamed; ++i) {
    EXPECT_EQ(health.unhealthy[i].health.health, Health::kFailed) << i;
    EXPECT_EQ(health.unhealthy[i].id.name, "web" + std::to_string(20 + i));
  }
  EXPECT_NE(health.describe().find("; and 27 more"), std::string::npos) << health.describe();
}

TEST(MemberHealth, OfNothingIsGood) {
  EXPECT_TRUE(HealthCounter().take().all_current());
  EXPECT_EQ(MemberHealth().describe(), "");
}

}  // namespace
}  // namespace sealift::members
