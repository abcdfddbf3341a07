#include "event_queue.h"

#include <gtest/gtest.h>

#include "sample_notification.h"

namespace sealift::notify {
namespace {

using test::sample_event;

Event numbered(int number) {
  auto event = sample_event();
  event.id = std::to_string(number);
  return event;
}

std::string next_id(const EventQueue& queue, const std::string& sink) {
  const auto event = queue.next(sink);
  return event ? event->event.id : "none";
}

TEST(EventQueue, LetsEachSinkGoAtItsPace) {
  EventQueue queue({}, {"a", "b"}, {});
  for (int i = 1; i <= 3; ++i) queue.push(numbered(i), 10);
  EXPECT_EQ(next_id(queue, "a"), "1");
  queue.acknowledge("a", 1);
  queue.acknowledge("a", 2);
  EXPECT_EQ(next_id(queue, "a"), "3");
  EXPECT_EQ(next_id(queue, "b"), "1");
  EXPECT_EQ(queue.waiting("a"), 1u);
  EXPECT_EQ(queue.waiting("b"), 3u);
  EXPECT_EQ(queue.first_sequence(), 1u);
  queue.acknowledge("b", 1);
  EXPECT_EQ(queue.first_sequence(), 2u);
  queue.acknowledge("b", 3);
  queue.acknowledge("a", 3);
  EXPECT_EQ(next_id(queue, "a"), "none");
  EXPECT_EQ(queue.first_sequence(), 4u);
  EXPECT_EQ(queue.last_sequence(), 3u);
}

TEST(EventQueue, DropsTheOldestAndCountsForEachSink) {
  EventQueue queue({.max_events = 3, .max_bytes = 1000}, {"fast", "slow"}, {});
  for (int i = 1; i <= 3; ++i) queue.push(numbered(i), 10);
  queue.acknowledge("fast", 1);
  queue.push(numbered(4), 10);
  queue.push(numbered(5), 10);
  EXPECT_EQ(next_id(queue, "slow"), "3");
  EXPECT_EQ(next_id(queue, "fast"), "3");
  EXPECT_EQ(queue.cursors().at("slow").dropped, 2u);
  EXPECT_EQ(queue.cursors().at("fast").dropped, 1u);
  // An event that was being sent when it was dropped.
  queue.acknowledge("slow", 1);
  EXPECT_EQ(next_id(queue, "slow"), "3");
  queue.acknowledge_loss("slow", 2);
  EXPECT_EQ(queue.cursors().at("slow").dropped, 0u);
  queue.push(numbered(6), 990);
  EXPECT_EQ(next_id(queue, "slow"), "5") << "by bytes";
  queue.push(numbered(7), 2000);
  EXPECT_EQ(next_id(queue, "slow"), "none") << "larger than the queue";
  EXPECT_EQ(queue.first_sequence(), 8u);
}

TEST(EventQueue, GoesOnWhereItEnded) {
  QueueContent content;
  for (std::uint64_t i = 5; i <= 7; ++i) {
    content.events.push_back(
        std::make_shared<const QueuedEvent>(QueuedEvent{i, numbered(static_cast<int>(i)), 10}));
  }
  content.cursors = Cursors{{"a", {6, 3}}, {"gone", {5, 0}}};
  EventQueue queue({}, {"a", "new"}, content);
  EXPECT_EQ(next_id(queue, "a"), "6");
  EXPECT_EQ(queue.cursors().at("a").dropped, 3u);
  EXPECT_EQ(next_id(queue, "new"), "none");
  EXPECT_FALSE(queue.cursors().contains("gone"));
  EXPECT_EQ(queue.push(numbered(8), 10)->sequence, 8u);
  EXPECT_EQ(next_id(queue, "new"), "8");

  content.cursors.reset();
  EXPECT_EQ(next_id(EventQueue({}, {"new"}, content), "new"), "5") << "better twice than never";
  EXPECT_EQ(next_id(EventQueue({.max_events = 1}, {"new"}, content), "new"), "7");

  EventQueue empty({}, {"a"}, {{}, Cursors{{"a", {42, 0}}}});
  EXPECT_EQ(empty.push(numbered(1), 1)->sequence, 42u) << "numbers are never used twice";
}

}  // namespace
}  // namespace sealift::notify
