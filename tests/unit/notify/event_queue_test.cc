#include "event_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_notification.h"

namespace sealift::notify {
namespace {

using test::sample_event;
using testing::ElementsAre;
using testing::IsEmpty;

Event numbered(int number, const std::string& lane = "shop") {
  auto event = sample_event();
  event.id = std::to_string(number);
  event.notification.delivery_namespace = lane;
  return event;
}

std::string next_id(const EventQueue& queue, const std::string& sink,
                    const std::string& lane = "shop") {
  const auto event = queue.next(sink, lane);
  return event ? event->event.id : "none";
}

QueuedEventPointer queued(std::uint64_t sequence, const std::string& lane = "shop") {
  return std::make_shared<const QueuedEvent>(
      QueuedEvent{sequence, numbered(static_cast<int>(sequence), lane), 10});
}

TEST(EventQueue, LetsEachSinkGoAtItsPace) {
  EventQueue queue({}, {"a", "b"}, {});
  for (int i = 1; i <= 3; ++i) queue.push(numbered(i), 10);
  EXPECT_EQ(next_id(queue, "a"), "1");
  queue.acknowledge("a", *queued(1));
  queue.acknowledge("a", *queued(2));
  EXPECT_EQ(next_id(queue, "a"), "3");
  EXPECT_EQ(next_id(queue, "b"), "1");
  EXPECT_EQ(queue.waiting("a"), 1u);
  EXPECT_EQ(queue.waiting("b"), 3u);
  EXPECT_THAT(queue.sequences(), ElementsAre(1, 2, 3));
  queue.acknowledge("b", *queued(1));
  EXPECT_THAT(queue.sequences(), ElementsAre(2, 3));
  queue.acknowledge("b", *queued(3));
  queue.acknowledge("a", *queued(3));
  EXPECT_EQ(next_id(queue, "a"), "none");
  EXPECT_THAT(queue.sequences(), IsEmpty());
  EXPECT_EQ(queue.last_sequence(), 3u);
}

TEST(EventQueue, DropsTheOldestAndCountsForEachSink) {
  EventQueue queue({.max_events = 3, .max_bytes = 1000}, {"fast", "slow"}, {});
  for (int i = 1; i <= 3; ++i) queue.push(numbered(i), 10);
  queue.acknowledge("fast", *queued(1));
  queue.push(numbered(4), 10);
  queue.push(numbered(5), 10);
  EXPECT_EQ(next_id(queue, "slow"), "3");
  EXPECT_EQ(next_id(queue, "fast"), "3");
  EXPECT_EQ(queue.dropped("slow"), 2u);
  EXPECT_EQ(queue.dropped("fast"), 1u);
  // An event that was being sent when it was dropped.
  queue.acknowledge("slow", *queued(1));
  EXPECT_EQ(next_id(queue, "slow"), "3");
  queue.acknowledge_loss("slow", 2);
  EXPECT_EQ(queue.dropped("slow"), 0u);
  queue.push(numbered(6), 990);
  EXPECT_EQ(next_id(queue, "slow"), "5") << "by bytes";
  queue.push(numbered(7), 2000);
  EXPECT_EQ(next_id(queue, "slow"), "none") << "larger than the queue";
  EXPECT_THAT(queue.sequences(), IsEmpty());
}

TEST(EventQueue, KeepsALaneFromBlockingAnother) {
  EventQueue queue({}, {"a"}, {});
  queue.push(numbered(1, "stuck"), 10);
  queue.push(numbered(2, "shop"), 10);
  queue.push(numbered(3, "shop"), 10);
  EXPECT_THAT(queue.lanes("a"), ElementsAre("shop", "stuck"));
  queue.acknowledge("a", *queued(2));
  queue.acknowledge("a", *queued(3));
  EXPECT_THAT(queue.lanes("a"), ElementsAre("stuck"));
  EXPECT_EQ(next_id(queue, "a", "stuck"), "1");
  EXPECT_THAT(queue.sequences(), ElementsAre(1));
}

TEST(EventQueue, DropsFromTheLaneThatIsFullest) {
  EventQueue queue({.max_events = 4, .max_bytes = 1000}, {"a"}, {});
  queue.push(numbered(1, "quiet"), 10);
  for (int i = 2; i <= 50; ++i) queue.push(numbered(i, "loud"), 10);
  queue.push(numbered(51, "other"), 10);
  EXPECT_EQ(next_id(queue, "a", "quiet"), "1");
  EXPECT_EQ(next_id(queue, "a", "other"), "51");
  EXPECT_EQ(next_id(queue, "a", "loud"), "49");
  EXPECT_EQ(queue.dropped("a"), 47u);
  queue.push(numbered(52, "large"), 980);
  EXPECT_EQ(next_id(queue, "a", "large"), "none") << "what is too large is its own lane's loss";
  EXPECT_EQ(next_id(queue, "a", "quiet"), "1");
}

TEST(EventQueue, GoesOnWhereItEnded) {
  QueueContent content;
  for (std::uint64_t i = 5; i <= 7; ++i) content.events.push_back(queued(i));
  // As it was written before there were lanes.
  content.cursors = Cursors{{"a", {6, 3, {}}}, {"gone", {5, 0, {}}}};
  EventQueue queue({}, {"a", "new"}, content);
  EXPECT_EQ(next_id(queue, "a"), "6");
  EXPECT_EQ(queue.dropped("a"), 3u);
  EXPECT_EQ(next_id(queue, "new"), "none");
  EXPECT_FALSE(queue.cursors().contains("gone"));
  EXPECT_EQ(queue.push(numbered(8), 10)->sequence, 8u);
  EXPECT_EQ(next_id(queue, "new"), "8");

  content.cursors.reset();
  EXPECT_EQ(next_id(EventQueue({}, {"new"}, content), "new"), "5") << "better twice than never";
  EXPECT_EQ(next_id(EventQueue({.max_events = 1}, {"new"}, content), "new"), "7");

  EventQueue empty({}, {"a"}, {{}, Cursors{{"a", {42, 0, {}}}}});
  EXPECT_EQ(empty.push(numbered(1), 1)->sequence, 42u) << "numbers are never used twice";
}

TEST(EventQueue, RemembersHowFarASinkIsInEachLane) {
  EventQueue queue({}, {"a", "b"}, {});
  queue.push(numbered(1, "stuck"), 10);
  for (int i = 2; i <= 4; ++i) queue.push(numbered(i, "shop"), 10);
  for (std::uint64_t i = 2; i <= 3; ++i) queue.acknowledge("a", *queued(i));
  QueueContent content{{queued(1, "stuck"), queued(2), queued(3), queued(4)}, queue.cursors()};
  // All that is on the disk may come back, of which the sink has had some.
  EventQueue again({}, {"a", "b"}, std::move(content));
  EXPECT_EQ(next_id(again, "a", "stuck"), "1");
  EXPECT_EQ(next_id(again, "a"), "4");
  EXPECT_EQ(next_id(again, "b"), "2");
  EXPECT_EQ(again.cursors(), queue.cursors());
  // A lane of which nothing waits is behind it.
  for (const auto* sink : {"a", "b"}) again.acknowledge(sink, *queued(4));
  EventQueue third({}, {"a", "b"}, {{queued(1, "stuck"), queued(4)}, again.cursors()});
  EXPECT_EQ(next_id(third, "a"), "none");
  EXPECT_EQ(next_id(third, "b", "stuck"), "1");
}

}  // namespace
}  // namespace sealift::notify
