#include "fair_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::artifacts {
namespace {

using testing::ElementsAre;

// What starts now, in order, by ticket.
std::vector<FairSchedule::Ticket> take_all(FairSchedule& schedule) {
  std::vector<FairSchedule::Ticket> taken;
  while (const auto ticket = schedule.take()) taken.push_back(*ticket);
  return taken;
}

TEST(FairSchedule, StartsOneOwnersWorkInItsOrder) {
  FairSchedule schedule({10, 10});
  EXPECT_FALSE(schedule.can_take());
  for (int i = 0; i < 3; ++i) schedule.add("registry", "shop");
  EXPECT_TRUE(schedule.can_take());
  EXPECT_THAT(take_all(schedule), ElementsAre(1u, 2u, 3u));
}

TEST(FairSchedule, LetsOwnersTakeTurns) {
  FairSchedule schedule({10, 10});
  for (int i = 0; i < 3; ++i) schedule.add("registry", "a");  // 1, 2, 3
  schedule.add("registry", "b");                              // 4
  schedule.add("registry", "c");                              // 5
  EXPECT_THAT(take_all(schedule), ElementsAre(1u, 4u, 5u, 2u, 3u));
}

TEST(FairSchedule, LimitsALane) {
  FairSchedule schedule({2, 10});
  for (int i = 0; i < 3; ++i) schedule.add("slow", "a");  // 1, 2, 3
  schedule.add("other", "a");                             // 4
  EXPECT_THAT(take_all(schedule), ElementsAre(1u, 2u, 4u)) << "what is blocked blocks no other";
  schedule.done(1);
  EXPECT_THAT(take_all(schedule), ElementsAre(3u));
}

TEST(FairSchedule, LimitsAnOwner) {
  FairSchedule schedule({10, 2});
  for (const auto* lane : {"r1", "r2", "r3"}) schedule.add(lane, "a");  // 1, 2, 3
  schedule.add("r1", "b");                                              // 4
  EXPECT_THAT(take_all(schedule), ElementsAre(1u, 4u, 2u));
  schedule.done(4);
  EXPECT_FALSE(schedule.can_take()) << "another owner's end frees nothing";
  schedule.done(2);
  EXPECT_THAT(take_all(schedule), ElementsAre(3u));
}

TEST(FairSchedule, StartsSharedWorkOnAnyOwnersTurnAndOnce) {
  FairSchedule schedule({10, 1});
  schedule.add("r", "a");                      // 1
  const auto shared = schedule.add("r", "a");  // 2
  EXPECT_THAT(take_all(schedule), ElementsAre(1u));
  schedule.join(shared, "b");
  schedule.join(shared, "b");
  EXPECT_THAT(take_all(schedule), ElementsAre(2u));
  schedule.add("r", "b");  // 3
  EXPECT_FALSE(schedule.can_take()) << "b has one under way";
  schedule.done(shared);
  EXPECT_THAT(take_all(schedule), ElementsAre(3u));
  schedule.done(1);
  EXPECT_FALSE(schedule.can_take()) << "the shared piece must not start on a's turn again";
}

TEST(FairSchedule, DoesNotMindLateCalls) {
  FairSchedule schedule({1, 1});
  const auto ticket = schedule.add("r", "a");
  EXPECT_EQ(schedule.take(), ticket);
  schedule.join(ticket, "b");
  EXPECT_FALSE(schedule.can_take()) << "what runs does not start again";
  schedule.done(ticket);
  schedule.done(ticket);
  schedule.join(ticket, "b");
  EXPECT_FALSE(schedule.can_take());
}

TEST(FairSchedule, ForgetsWhatWaitsAndCountsWhatRuns) {
  FairSchedule schedule({1, 1});
  const auto running = schedule.add("r", "a");
  schedule.add("r", "b");
  EXPECT_EQ(schedule.take(), running);
  schedule.clear();
  const auto next = schedule.add("r", "b");
  EXPECT_FALSE(schedule.can_take()) << "the lane is taken";
  schedule.done(running);
  EXPECT_EQ(schedule.take(), next);
}

}  // namespace
}  // namespace sealift::artifacts
