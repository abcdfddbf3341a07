#include "lease_record.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using std::chrono::seconds;

Json json(std::string_view text) {
  auto parsed = parse_json(text, "test");
  EXPECT_THAT(parsed, test::is_ok());
  return *parsed;
}

LeaseRecord record(std::string holder, int renewed = 0, int duration = 10) {
  LeaseRecord out;
  out.holder = std::move(holder);
  out.duration = seconds(duration);
  out.renewed = std::to_string(renewed);
  out.resource_version = "1";
  return out;
}

TEST(LeaseRecord, ReadsWhatTheServerSends) {
  ASSERT_OK_ASSIGN(const auto read, parse_lease(json(R"({"metadata":{"resourceVersion":"7"},"spec":{
      "holderIdentity":"a","leaseDurationSeconds":15,"leaseTransitions":3,
      "acquireTime":"2026-01-01T00:00:00.000001Z","renewTime":"2026-01-01T00:00:05.000002Z"}})")));
  EXPECT_EQ(read.holder, "a");
  EXPECT_EQ(read.duration, seconds(15));
  EXPECT_EQ(read.transitions, 3);
  EXPECT_EQ(read.acquired, "2026-01-01T00:00:00.000001Z");
  EXPECT_EQ(read.renewed, "2026-01-01T00:00:05.000002Z");
  EXPECT_EQ(read.resource_version, "7");
}

TEST(LeaseRecord, AnEmptyLeaseIsNobodys) {
  ASSERT_OK_ASSIGN(const auto read, parse_lease(json(R"({"metadata":{"resourceVersion":"7"}})")));
  EXPECT_TRUE(read.holder.empty());
  EXPECT_THAT(parse_lease(json("{}")), test::fails_with(ErrorCode::kInvalidInput));
}

TEST(LeaseRecord, ATimeHasACounterForItsFraction) {
  const auto now = *parse_timestamp("2026-11-22T14:43:54Z");
  EXPECT_EQ(lease_time(now, 1), "2026-11-22T14:43:54.000001Z");
  EXPECT_EQ(lease_time(now, 999'999), "2026-11-22T14:43:54.999999Z");
  EXPECT_EQ(lease_time(now, 1'000'000), "2026-11-22T14:43:54.000000Z");
}

TEST(LeaseRecord, ANewHolderIsATransitionAndARenewalIsNot) {
  auto seen = record("a");
  seen.transitions = 4;
  seen.acquired = "before";
  const auto taken = taken_over(seen, "b", seconds(10), "now");
  EXPECT_EQ(taken.holder, "b");
  EXPECT_EQ(taken.transitions, 5);
  EXPECT_EQ(taken.acquired, "now");
  EXPECT_EQ(taken.renewed, "now");
  const auto renewed = taken_over(taken, "b", seconds(10), "later");
  EXPECT_EQ(renewed.transitions, 5);
  EXPECT_EQ(renewed.acquired, "now");
  EXPECT_EQ(renewed.renewed, "later");
  EXPECT_EQ(taken_over({}, "b", seconds(10), "now").transitions, 0);
}

TEST(LeaseRecord, AReleasedLeaseKeepsItsTransitions) {
  auto held = record("a");
  held.transitions = 4;
  const auto spec = lease_spec(released(held, "now"));
  EXPECT_EQ(spec.string_at({"holderIdentity"}), "");
  EXPECT_NE(spec.find("holderIdentity"), nullptr);
  EXPECT_EQ(spec.find("leaseTransitions")->as_int64(), 4);
  EXPECT_EQ(spec.find("leaseDurationSeconds")->as_int64(), 1);
}

// What a follower "me" saw at which second, and whether it may take the lease at second `at`.
struct Line {
  std::string name;
  std::vector<std::pair<int, LeaseRecord>> seen;
  int at;
  bool is_free;
};

class LeaseSightLines : public testing::TestWithParam<Line> {};

TEST_P(LeaseSightLines, CountsFromTheLastChange) {
  LeaseSight sight;
  const auto& line = GetParam();
  for (const auto& [second, what] : line.seen) sight.see(what, SteadyTime(seconds(second)));
  EXPECT_EQ(sight.is_free("me", seconds(10), SteadyTime(seconds(line.at))), line.is_free)
      << line.name;
}

const Line kLines[] = {
    {"nothing seen yet", {}, 100, false},
    {"nobody's", {{0, record("")}}, 0, true},
    {"our own", {{0, record("me")}}, 0, true},
    {"a stranger's, just seen", {{50, record("a")}}, 50, false},
    {"just before its end", {{50, record("a")}}, 59, false},
    {"its end", {{50, record("a")}}, 60, true},
    {"seen again without a change", {{50, record("a")}, {58, record("a")}}, 60, true},
    {"renewed", {{50, record("a")}, {58, record("a", 1)}}, 67, false},
    {"renewed, then dead", {{50, record("a")}, {58, record("a", 1)}}, 68, true},
    {"a renewal with an older time counts",
     {{50, record("a", 9)}, {58, record("a", 3)}},
     60,
     false},
    {"another holder counts", {{50, record("a")}, {58, record("b")}}, 60, false},
    {"it waits as long as the holder asked", {{0, record("a", 0, 30)}}, 29, false},
    {"and no longer", {{0, record("a", 0, 30)}}, 30, true},
    {"a shorter time than ours is not believed", {{0, record("a", 0, 1)}}, 9, false},
    {"nor a negative one", {{0, record("a", 0, -5)}}, 9, false},
    {"nobody holds it for ever", {{0, record("a", 0, 1'000'000)}}, 300, true},
    {"but for five minutes", {{0, record("a", 0, 1'000'000)}}, 299, false},
};
INSTANTIATE_TEST_SUITE_P(Table, LeaseSightLines, testing::ValuesIn(kLines));

TEST(LeaseSight, AnotherEditorDoesNotProlongALease) {
  LeaseSight sight;
  auto edited = record("a");
  sight.see(edited, SteadyTime(seconds(0)));
  edited.resource_version = "2";
  sight.see(edited, SteadyTime(seconds(9)));
  EXPECT_TRUE(sight.is_free("me", seconds(10), SteadyTime(seconds(10))));
}

}  // namespace
}  // namespace sealift::kube
