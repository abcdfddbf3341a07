#include "remote_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::puller {
namespace {

using testing::ElementsAre;

std::vector<std::string> next_of(RemoteTurns& turns) {
  std::vector<std::string> ids;
  while (auto id = turns.next()) ids.push_back(*std::move(id));
  return ids;
}

// How many of those Deliveries of a namespace begin at once.
std::size_t begin_all(RemoteTurns& turns, const std::string& name_space, std::size_t count) {
  std::size_t begun = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (turns.begin(name_space + "/" + std::to_string(i))) ++begun;
  }
  return begun;
}

TEST(RemoteTurns, ANamespaceAloneHasHalfOfTheWorkers) {
  RemoteTurns turns(8);
  EXPECT_EQ(begin_all(turns, "a", 10), 4u);
}

TEST(RemoteTurns, MoreNamespacesHaveLessEachAndOneWorkerIsLeft) {
  for (const std::size_t workers : {2u, 4u, 8u, 64u}) {
    RemoteTurns turns(workers);
    std::size_t begun = 0;
    for (std::size_t i = 0; i < 2 * workers; ++i) {
      begun += begin_all(turns, "n" + std::to_string(i), workers);
    }
    EXPECT_EQ(begun, workers - 1) << workers;
  }
}

TEST(RemoteTurns, ASingleWorkerServesRemoteClustersAsWell) {
  RemoteTurns turns(1);
  EXPECT_EQ(begin_all(turns, "a", 2), 1u);
  turns.end("a/0");
  EXPECT_THAT(next_of(turns), ElementsAre("a/1"));
}

TEST(RemoteTurns, WhoWaitsIsNamedOnceAndInOrder) {
  RemoteTurns turns(4);
  ASSERT_EQ(begin_all(turns, "a", 6), 2u);
  EXPECT_FALSE(turns.begin("a/2")) << "it waits already";
  EXPECT_THAT(next_of(turns), ElementsAre());
  turns.end("a/0");
  EXPECT_THAT(next_of(turns), ElementsAre("a/2"));
  EXPECT_FALSE(turns.begin("a/6")) << "the turn is kept for another";
  EXPECT_TRUE(turns.begin("a/2"));
  turns.end("a/1");
  turns.end("a/2");
  EXPECT_THAT(next_of(turns), ElementsAre("a/3", "a/4"));
}

TEST(RemoteTurns, NamespacesTakeTurnsHoweverManyWaitInOne) {
  RemoteTurns turns(2);
  ASSERT_TRUE(turns.begin("a/0"));
  for (const auto* id : {"a/1", "a/2", "b/1", "c/1"}) ASSERT_FALSE(turns.begin(id));
  std::vector<std::string> order;
  for (std::string running = "a/0"; order.size() < 4;) {
    turns.end(running);
    const auto ids = next_of(turns);
    ASSERT_EQ(ids.size(), 1u);
    running = ids[0];
    ASSERT_TRUE(turns.begin(running));
    order.push_back(running);
  }
  EXPECT_THAT(order, ElementsAre("a/1", "b/1", "c/1", "a/2"));
}

TEST(RemoteTurns, WhoIsGoneLeavesItsTurnToTheNext) {
  RemoteTurns turns(2);
  ASSERT_TRUE(turns.begin("a/0"));
  for (const auto* id : {"a/1", "a/2", "a/3"}) ASSERT_FALSE(turns.begin(id));
  turns.withdraw("a/2");  // while it waits
  turns.end("a/0");
  EXPECT_THAT(next_of(turns), ElementsAre("a/1"));
  turns.withdraw("a/1");  // when it could have begun
  EXPECT_THAT(next_of(turns), ElementsAre("a/3"));
  turns.withdraw("a/unknown");
  turns.withdraw("b/unknown");
  EXPECT_TRUE(turns.begin("a/3"));
}

}  // namespace
}  // namespace sealift::puller
