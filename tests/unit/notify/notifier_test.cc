#include <sealift/notify/notifier.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "notifier_world.h"
#include "support/result_matchers.h"

namespace sealift::notify {
namespace {

using std::chrono::seconds;
using test::NotifierWorld;
using test::sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Notifier, DeliversInOrderToAllWhoWantIt) {
  NotifierWorld world({"one", "two"});
  world.settings.configuration.sinks[1].events = {"Delivered"};
  world.start();
  world.notifier->send(sample("a"));
  world.notifier->send(sample("b", Severity::kInfo, "Delivered"));
  world.notifier->send(sample("c"));
  EXPECT_THAT(world.wait_taken("one", 3), ElementsAre("Refused a", "Delivered b", "Refused c"));
  EXPECT_THAT(world.wait_taken("two", 1), ElementsAre("Delivered b"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  EXPECT_EQ(world.transport.request_count(), 4u);
}

TEST(Notifier, DoesNothingWithoutSinks) {
  NotifierWorld world(std::vector<std::string>{});
  world.start();
  world.notifier->send(sample());
  EXPECT_OK(world.notifier->flush());
  EXPECT_THAT(world.notifier->statistics(), IsEmpty());
  world.stop();
  EXPECT_EQ(world.disk.call_count(), 0u);
  EXPECT_EQ(world.transport.request_count(), 0u);
}

TEST(Notifier, KeepsNothingThatNobodyWants) {
  NotifierWorld world;
  world.settings.configuration.sinks[0].min_severity = Severity::kError;
  world.start();
  EXPECT_OK(world.notifier->flush());
  const auto calls = world.disk.call_count();
  world.notifier->send(sample("a", Severity::kInfo));
  world.stop();
  EXPECT_EQ(world.disk.call_count(), calls);
}

TEST(Notifier, TriesAgainLaterAndLater) {
  NotifierWorld world;
  world.set_status("one", 503);
  world.start();
  world.notifier->send(sample("a"));
  world.notifier->send(sample("b"));
  for (std::size_t attempt = 1; attempt <= 5; ++attempt) {
    const auto wait = seconds(1) * (1 << (attempt - 1));
    world.wait_asked("one", attempt);
    world.clock.wait_for_sleepers(1, wait);
    world.clock.advance(wait / 2 - std::chrono::milliseconds(1));
    EXPECT_EQ(world.transport.request_count(), attempt);
    if (attempt == 5) world.set_status("one", 200);
    world.clock.advance(wait);
  }
  EXPECT_THAT(world.wait_taken("one", 2), ElementsAre("Refused a", "Refused b"));
}

TEST(Notifier, WaitsAsLongAsTheReceiverAsks) {
  NotifierWorld world;
  world.set_status("one", 429);
  world.start();
  world.notifier->send(sample("a"));
  world.wait_asked("one", 1);
  world.clock.wait_for_sleepers(1, seconds(2));
  world.set_status("one", 200);
  world.clock.advance(seconds(2));
  EXPECT_THAT(world.wait_taken("one", 1), ElementsAre("Refused a"));
}

TEST(Notifier, LetsNoSinkWaitForAnother) {
  NotifierWorld world({"slow", "quick"});
  world.set_status("slow", 0);
  world.start();
  for (const auto* name : {"a", "b", "c"}) world.notifier->send(sample(name));
  EXPECT_THAT(world.wait_taken("quick", 3), ElementsAre("Refused a", "Refused b", "Refused c"));
  world.clock.wait_for_sleepers(1, seconds(2));
  world.set_status("slow", 200);
  world.clock.advance(seconds(2));
  EXPECT_THAT(world.wait_taken("slow", 3), ElementsAre("Refused a", "Refused b", "Refused c"));
}

TEST(Notifier, GivesUpWhatTheReceiverNeverTakes) {
  NotifierWorld world;
  world.set_status("one", 422);
  world.start();
  world.notifier->send(sample("a"));
  world.wait_asked("one", 1);
  world.notifier->send(sample("b"));
  world.wait_asked("one", 2);
  world.set_status("one", 200);
  world.notifier->send(sample("c"));
  world.wait_taken("one", 1);
  EXPECT_OK(world.notifier->flush());
  world.stop();
  EXPECT_THAT(world.taken("one"), testing::Not(IsEmpty()));
  EXPECT_THAT(world.taken("one").back(), "Refused c");
}

TEST(Notifier, HoldsRepetitionsBack) {
  NotifierWorld world;
  world.start();
  for (int i = 0; i < 5; ++i) world.notifier->send(sample("a"));
  world.notifier->send(sample("b"));
  EXPECT_THAT(world.wait_taken("one", 2), ElementsAre("Refused a", "Refused b"));
  world.clock.advance(std::chrono::hours(2));
  world.notifier->send(sample("a"));
  EXPECT_THAT(world.wait_taken("one", 3), ElementsAre("Refused a", "Refused b", "Refused a"));
  EXPECT_THAT(world.transport.requests().back().body, HasSubstr(R"("repetitions":"4")"));
}

TEST(Notifier, RemembersWhatWaitsAcrossProcesses) {
  NotifierWorld world({"one", "two"});
  world.set_status("one", 0);
  world.start();
  for (const auto* name : {"a", "b", "c"}) world.notifier->send(sample(name));
  world.wait_taken("two", 3);
  EXPECT_OK(world.notifier->flush());
  world.stop();
  world.disk.power_cut();
  world.set_status("one", 200);
  world.start();
  world.notifier->send(sample("d"));
  EXPECT_THAT(world.wait_taken("one", 4),
              ElementsAre("Refused a", "Refused b", "Refused c", "Refused d"));
  EXPECT_THAT(world.wait_taken("two", 4),
              ElementsAre("Refused a", "Refused b", "Refused c", "Refused d"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  // Nothing is left but how far each has come.
  EXPECT_EQ(world.disk.list("/state/notify")->size(), 1u);
}

TEST(Notifier, TellsOfWhatItLost) {
  NotifierWorld world;
  world.settings.max_events = 3;
  world.set_status("one", 0);
  world.start();
  for (int i = 0; i < 10; ++i) world.notifier->send(sample(std::to_string(i)));
  world.wait_asked("one", 1);
  world.clock.wait_for_sleepers(1, seconds(2));
  ASSERT_EQ(world.notifier->statistics().size(), 1u);
  EXPECT_EQ(world.notifier->statistics()[0].queued, 3u);
  EXPECT_EQ(world.notifier->statistics()[0].dropped, 7u);
  // The loss is remembered, too.
  EXPECT_OK(world.notifier->flush());
  world.stop();
  world.disk.power_cut();
  world.set_status("one", 200);
  world.start();
  EXPECT_THAT(world.wait_taken("one", 4),
              ElementsAre("NotificationsDropped ", "Refused 7", "Refused 8", "Refused 9"));
  EXPECT_THAT(world.transport.requests()[world.transport.request_count() - 4].body,
              HasSubstr("7 notifications were lost"));
}

TEST(Notifier, WorksFromMemoryWhereTheDiskFails) {
  NotifierWorld world;
  world.disk.fail_from(1, Error(ErrorCode::kIo, "the disk failed"));
  world.start();
  world.notifier->send(sample("a"));
  EXPECT_THAT(world.wait_taken("one", 1), ElementsAre("Refused a"));
  EXPECT_THAT(world.notifier->flush(), sealift::test::fails_with(ErrorCode::kIo, "disk failed"));
}

TEST(Notifier, LeavesAQueueAloneThatItCannotRead) {
  NotifierWorld world;
  world.set_status("one", 0);
  world.start();
  world.notifier->send(sample("a"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  for (std::size_t n = 1; n <= 8; ++n) {
    world.disk.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    world.settings.configuration.sinks[0].url = "https://other.example/";
    world.set_status("other", 0);
    world.start();
    world.notifier->send(sample("b"));
    static_cast<void>(world.notifier->flush());
    world.stop();
    world.disk.power_cut();
  }
  world.settings.configuration.sinks[0].url = "https://one.example/";
  world.set_status("one", 200);
  world.start();
  EXPECT_THAT(world.wait_taken("one", 1).at(0), "Refused a");
}

TEST(Notifier, SavesLaterWhatADiskHadNoRoomFor) {
  NotifierWorld world;
  world.set_status("one", 0);
  world.start();
  EXPECT_OK(world.notifier->flush());
  world.disk.set_capacity(100);
  world.notifier->send(sample("a"));
  world.notifier->send(sample("b"));
  EXPECT_THAT(world.notifier->flush(), sealift::test::fails_with(ErrorCode::kIo));
  world.disk.set_capacity(1u << 20);
  EXPECT_OK(world.notifier->flush());
  world.stop();
  world.disk.power_cut();
  world.set_status("one", 200);
  world.start();
  EXPECT_THAT(world.wait_taken("one", 2), ElementsAre("Refused a", "Refused b"));
}

TEST(Notifier, IsNotStoppedByDamagedFiles) {
  NotifierWorld world;
  world.disk.put("/state/notify/cursors.json", "{\"sinks\":7}");
  world.disk.put("/state/notify/events-0000000000000001.jsonl", "no JSON\n{}\n\n");
  world.disk.put("/state/notify/events-0000000000000002.jsonl", std::string(1000, '\0'));
  world.disk.put("/state/notify/.events-0000000000000003.jsonl.00.tmp", "half");
  world.disk.put("/state/notify/events-zz.jsonl", "not ours");
  world.start();
  world.notifier->send(sample("a"));
  EXPECT_THAT(world.wait_taken("one", 1), ElementsAre("Refused a"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  EXPECT_FALSE(world.disk.exists("/state/notify/.events-0000000000000003.jsonl.00.tmp"));
  EXPECT_TRUE(world.disk.exists("/state/notify/events-zz.jsonl"));
}

Notification of(const std::string& name_space, const std::string& name) {
  auto notification = sample(name);
  notification.delivery_namespace = name_space;
  return notification;
}

// A commit status that the receiver refuses for one team's repository, until a token is renewed.
TEST(Notifier, LetsNoNamespaceWaitForAnother) {
  NotifierWorld world;
  world.set_status_of_namespace("broken", 403);
  world.start();
  for (const auto* name : {"a", "b"}) world.notifier->send(of("broken", name));
  world.wait_asked("one", 1);
  for (const auto* name : {"c", "d"}) world.notifier->send(of("shop", name));
  // Without a moment of waiting.
  EXPECT_THAT(world.wait_taken("one", 2), ElementsAre("Refused c", "Refused d"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  world.disk.power_cut();
  world.set_status_of_namespace("broken", 200);
  world.start();
  EXPECT_THAT(world.wait_taken("one", 4),
              ElementsAre("Refused c", "Refused d", "Refused a", "Refused b"));
}

TEST(Notifier, TakesTurnsAmongNamespaces) {
  NotifierWorld world;
  world.settings.max_events = 50;
  world.set_status("one", 0);
  world.start();
  world.notifier->send(of("quiet", "first"));
  for (int i = 0; i < 500; ++i) world.notifier->send(of("loud", std::to_string(i)));
  world.notifier->send(of("quiet", "second"));
  EXPECT_OK(world.notifier->flush());
  world.stop();
  world.set_status("one", 200);
  world.start();
  auto taken = world.wait_taken("one", 51);
  const auto place_of = [&](const std::string& what) {
    return std::find(taken.begin(), taken.end(), what) - taken.begin();
  };
  // Behind the notice and one of the others each.
  EXPECT_LE(place_of("Refused first"), 2);
  EXPECT_LE(place_of("Refused second"), 4);
  EXPECT_EQ(std::count(taken.begin(), taken.end(), "Refused 499"), 1);
}

}  // namespace
}  // namespace sealift::notify
