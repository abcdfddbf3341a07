#include "shared_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/result_matchers.h"

namespace sealift::artifacts {
namespace {

using sealift::test::fails_with;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr milliseconds kErrorAge{5'000};

class SharedWorkTest : public testing::Test {
 protected:
  // "start", "wait", the value, or the error's message.
  std::string ask(const std::string& asker, std::int64_t max_age_ms, std::int64_t at_ms) {
    return said(work_.ask("key", asker, milliseconds(max_age_ms), at(at_ms)));
  }
  SharedWork<std::string>::Finished finish(Result<std::string> result, std::int64_t at_ms) {
    return work_.finish("key", std::move(result), kErrorAge, at(at_ms));
  }
  void forget(std::int64_t at_ms) {
    work_.forget(at(at_ms), [](const std::string& value) { return value == "outdated"; });
  }
  static std::string said(const SharedWork<std::string>::Reply& reply) {
    if (!reply.answer) return reply.start ? "start" : "wait";
    return *reply.answer ? **reply.answer : reply.answer->error().message();
  }
  static SteadyTime at(std::int64_t ms) { return SteadyTime(milliseconds(ms)); }

  SharedWork<std::string> work_;
};

Result<std::string> broken() { return fail(ErrorCode::kUnavailable, "broken"); }

TEST_F(SharedWorkTest, IsDoneOnceForAllThatWait) {
  EXPECT_EQ(ask("a", 100, 0), "start");
  EXPECT_EQ(ask("b", 100, 1), "wait");
  EXPECT_EQ(ask("a", 100, 2), "wait");
  EXPECT_THAT(finish("one", 10).waiting, ElementsAre("a", "b"));
  EXPECT_EQ(ask("a", 100, 11), "one");
  EXPECT_EQ(ask("c", 100, 12), "one") << "who comes later shares it too";
}

TEST_F(SharedWorkTest, GivesWhatWasWaitedForHoweverOld) {
  ask("a", 0, 0);
  ask("b", 0, 1);
  finish("one", 1'000);
  EXPECT_EQ(ask("a", 0, 20'000), "one");
  EXPECT_EQ(ask("a", 0, 20'000), "start") << "once";
  EXPECT_EQ(ask("b", 0, 20'001), "one") << "it waited for the work that has ended";
}

TEST_F(SharedWorkTest, DoesNotKeepAnAnswerForOneWhoNeverComes) {
  ask("a", 100, 0);
  finish("one", 10);
  EXPECT_EQ(ask("a", 100, 60'010), "start");
}

TEST_F(SharedWorkTest, CountsAgeFromTheBeginningOfTheWork) {
  ask("a", 100, 0);
  finish("one", 90);
  EXPECT_EQ(ask("b", 100, 99), "one");
  EXPECT_EQ(ask("b", 100, 100), "start");
  EXPECT_EQ(ask("c", 200, 101), "one") << "who is content with less does not wait";
  EXPECT_EQ(finish("two", 110).before, "one");
  EXPECT_EQ(ask("c", 200, 111), "two");
}

TEST_F(SharedWorkTest, SharesErrorsAndForgetsThem) {
  ask("a", 100, 0);
  ask("b", 100, 0);
  EXPECT_THAT(finish(broken(), 10).waiting, ElementsAre("a", "b"));
  EXPECT_EQ(ask("a", 100, 11), "broken");
  EXPECT_EQ(ask("c", 0, 5'009), "broken");
  EXPECT_EQ(ask("c", 0, 5'010), "start");
  EXPECT_EQ(ask("b", 0, 5'011), "broken") << "it has waited for it";
}

TEST_F(SharedWorkTest, PrefersAGoodValueToANewerError) {
  ask("a", 100, 0);
  finish("one", 1);
  ask("a", 100, 2);
  ask("b", 10, 50);
  EXPECT_EQ(finish(broken(), 51).before, std::nullopt);
  EXPECT_EQ(ask("c", 100, 52), "one");
  EXPECT_EQ(ask("c", 10, 52), "broken");
}

TEST_F(SharedWorkTest, AsksAnewAfterItExpired) {
  ask("a", 1'000, 0);
  finish("one", 1);
  EXPECT_EQ(ask("a", 1'000, 2), "one");
  work_.expire("key");
  EXPECT_EQ(ask("b", 1'000, 3), "start");
  EXPECT_EQ(ask("a", 1'000, 3), "wait");
  const auto finished = finish("two", 4);
  EXPECT_FALSE(finished.again);
  EXPECT_EQ(ask("a", 1'000, 5), "two");
}

TEST_F(SharedWorkTest, NobodyCollectsWhatExpiredBeforeHeCame) {
  const auto expire_one = [this] {
    work_.expire_if([](const std::string&) { return true; },
                    [](const std::string& value) { return value == "one"; });
  };
  ask("a", 1'000, 0);
  finish("one", 1);
  work_.expire("key");
  EXPECT_EQ(ask("a", 1'000, 2), "start");
  finish("one", 3);
  expire_one();
  EXPECT_EQ(ask("a", 1'000, 4), "start");
  finish("two", 5);
  expire_one();
  EXPECT_EQ(ask("a", 1'000, 6), "two");
}

TEST_F(SharedWorkTest, WhoDeclinesWhatHeWaitedForAsksAnew) {
  ask("a", 1'000, 0);
  ask("b", 1'000, 0);
  finish("one", 1);
  work_.decline("key", "a");
  EXPECT_EQ(ask("a", 0, 2), "start");
  EXPECT_EQ(ask("b", 0, 2), "one");
}

TEST_F(SharedWorkTest, ExpiryForgetsAnError) {
  ask("a", 0, 0);
  finish(broken(), 1);
  EXPECT_EQ(ask("b", 0, 2), "broken");
  work_.expire("key");
  EXPECT_EQ(ask("c", 0, 3), "start");
}

TEST_F(SharedWorkTest, IsDoneAgainWhereItExpiredMeanwhile) {
  ask("a", 1'000, 0);
  work_.expire("key");
  const auto first = finish("old", 10);
  EXPECT_TRUE(first.again);
  EXPECT_THAT(first.waiting, ElementsAre("a")) << "an endless row of expiries starves nobody";
  EXPECT_EQ(ask("b", 1'000, 11), "wait");
  const auto second = finish("new", 20);
  EXPECT_FALSE(second.again);
  EXPECT_THAT(second.waiting, ElementsAre("b"));
  EXPECT_EQ(second.before, "old");
  EXPECT_EQ(ask("b", 1'000, 21), "new");
}

TEST_F(SharedWorkTest, ExpiresTheValuesThatAreNamedAndWhatIsUnderWay) {
  const auto expire = [this](const std::string& key, const std::string& value) {
    work_.expire_if([&](const std::string& other) { return other == key; },
                    [&](const std::string& other) { return other == value; });
  };
  ask("a", 1'000, 0);
  finish("one", 1);
  ask("a", 1'000, 2);
  expire("another key", "one");
  expire("key", "another value");
  EXPECT_EQ(ask("b", 1'000, 3), "one");
  expire("key", "one");
  EXPECT_EQ(ask("b", 1'000, 4), "start");
  expire("another key", "");
  EXPECT_FALSE(finish("two", 5).again);
  EXPECT_EQ(ask("c", 0, 6), "start");
  expire("key", "");
  EXPECT_TRUE(finish("three", 7).again);
  EXPECT_FALSE(finish("four", 8).again);
  EXPECT_EQ(ask("d", 1'000, 9), "four");
}

TEST_F(SharedWorkTest, ForgetsWhatNobodyAsksFor) {
  constexpr std::int64_t kTwoMinutes = 120'000;
  ask("a", 1'000, 0);
  forget(2 * kTwoMinutes);
  EXPECT_EQ(work_.size(), 1u) << "it is under way";
  finish("one", 1);
  ask("a", 1'000, 100);
  forget(kTwoMinutes + 2'099);
  EXPECT_EQ(work_.size(), 1u);
  forget(kTwoMinutes + 2'100);
  EXPECT_EQ(work_.size(), 0u);
}

TEST_F(SharedWorkTest, ForgetsWhatIsOutdatedWhenAllHaveIt) {
  ask("a", 1'000, 0);
  finish("outdated", 1);
  forget(2);
  EXPECT_EQ(work_.size(), 1u) << "one has waited for it";
  EXPECT_EQ(ask("a", 1'000, 3), "outdated");
  forget(4);
  EXPECT_EQ(work_.size(), 0u);
}

TEST(SharedWorkOfLargeValues, LetsGoOfThemWhenAllHaveThem) {
  using Value = std::shared_ptr<int>;
  SharedWork<Value> work({.values = false});
  const SteadyTime now;
  const auto value = std::make_shared<int>(1);
  for (const auto* asker : {"a", "b", "c"}) (void)work.ask("key", asker, milliseconds(0), now);
  (void)work.finish("key", value, kErrorAge, now);
  EXPECT_EQ(work.collect("key", "d", now), std::nullopt) << "it has not waited";
  for (const auto* asker : {"a", "b"}) {
    ASSERT_TRUE(work.collect("key", asker, now));
    EXPECT_EQ(value.use_count(), 2);
  }
  work.forget(now + std::chrono::minutes(1), [](const Value&) { return false; });
  EXPECT_EQ(value.use_count(), 1) << "c never came";
}

}  // namespace
}  // namespace sealift::artifacts
