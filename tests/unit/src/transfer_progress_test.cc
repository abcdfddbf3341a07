#include "transfer_progress.h"

#include <support/manual_clock.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>

namespace sealift::program {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

TEST(TransferRate, IsOfTheLastSecondsAlone) {
  const SteadyTime start{};
  TransferRate rate;
  EXPECT_EQ(rate.per_second(), std::nullopt);
  rate.note(start, 0);
  rate.note(start + milliseconds(900), 900);
  EXPECT_EQ(rate.per_second(), std::nullopt);  // too early to tell
  rate.note(start + seconds(1), 1000);
  EXPECT_EQ(rate.per_second(), 1000u);
  for (int i = 2; i <= 10; ++i) rate.note(start + seconds(i), 1000);
  EXPECT_EQ(rate.per_second(), 0u);  // it stands still
  rate.note(start + seconds(11), 400);
  EXPECT_EQ(rate.per_second(), 0u);  // and begins anew
}

TEST(TransferRate, OfALookEveryHalfMinuteIsThatOfTheHalfMinute) {
  const SteadyTime start{};
  TransferRate rate;
  rate.note(start, 0);
  rate.note(start + seconds(30), 30'000);
  EXPECT_EQ(rate.per_second(), 1000u);
  rate.note(start + seconds(60), 90'000);
  EXPECT_EQ(rate.per_second(), 2000u);
}

class TransferProgressTest : public testing::Test {
 protected:
  TransferProgress& start(Output::Readers readers) {
    return progress_.emplace("copying", readers, line_, clock_);
  }
  // Returns when what was due by then is written and the next time is waited for.
  void pass(milliseconds time, milliseconds until_next) {
    clock_.wait_for_sleepers(1, time);
    clock_.advance(time);
    clock_.wait_for_sleepers(1, until_next);
  }
  std::string take() { return std::exchange(written_, std::ostringstream()).str(); }

  std::ostringstream written_;
  std::size_t width_ = 80;
  StatusLine line_{written_, [this] { return width_; }};
  test::ManualClock clock_;
  std::optional<TransferProgress> progress_;
};

TEST_F(TransferProgressTest, IsDrawnOverItselfAndGoesWithTheWork) {
  auto& progress = start(Output::Readers::kTerminal);
  progress.turn_to(oci::Reference::parse("oci://127.0.0.1:5000/team/shop:v1").value());
  progress.observer()->found_blob(3000);
  progress.observer()->moved(1000);
  pass(milliseconds(300), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  0/1 blobs  1000 B of 3 KiB  shop:v1\033[K");
  pass(milliseconds(100), milliseconds(100));
  EXPECT_EQ(take(), "");  // the same is there
  progress.observer()->found_blob(50);
  progress.observer()->settled_blob(50, false);  // it was there
  progress.observer()->moved(1000);
  pass(milliseconds(100), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  1/2 blobs  2 KiB of 3 KiB  shop:v1\033[K");
  progress_.reset();
  EXPECT_EQ(take(), "\r\033[K");
}

TEST_F(TransferProgressTest, ShowsNothingOfWhatTakesAMoment) {
  start(Output::Readers::kTerminal).found_blob(3000);
  clock_.wait_for_sleepers(1, milliseconds(300));
  clock_.advance(milliseconds(299));
  progress_.reset();
  EXPECT_EQ(take(), "");
}

TEST_F(TransferProgressTest, KeepsToTheTerminalAsItIsNow) {
  auto& progress = start(Output::Readers::kTerminal);
  progress.found_blob(3000);
  pass(milliseconds(300), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  0/1 blobs  0 B of 3 KiB\033[K");
  width_ = 20;
  pass(milliseconds(100), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  0/1 blobs\033[K");  // 19 columns would reach the edge
  width_ = 1;
  pass(milliseconds(100), milliseconds(100));
  EXPECT_EQ(take(), "\rc\033[K");
}

TEST_F(TransferProgressTest, OtherLinesTakeItsPlace) {
  start(Output::Readers::kTerminal).found_manifest();
  pass(milliseconds(300), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  1 manifest\033[K");
  line_.write_line("something else");
  EXPECT_EQ(take(), "\r\033[Ksomething else\n");
  pass(milliseconds(100), milliseconds(100));
  EXPECT_EQ(take(), "\rcopying  1 manifest\033[K");
}

TEST_F(TransferProgressTest, ALogHasALineEveryHalfMinuteWithoutControls) {
  auto& progress = start(Output::Readers::kLog);
  width_ = 10;  // of nothing that a log knows
  progress.found_blob(300'000);
  progress.moved(30'000);
  pass(seconds(30), seconds(30));
  EXPECT_EQ(take(), "copying  0/1 blobs  29 KiB of 293 KiB  1000 B/s\n");
  pass(seconds(30), seconds(30));
  EXPECT_EQ(take(), "copying  0/1 blobs  29 KiB of 293 KiB  0 B/s\n");
  progress_.reset();
  EXPECT_EQ(take(), "");
}

TEST_F(TransferProgressTest, NobodyIsToldNothing) {
  auto& progress = start(Output::Readers::kNone);
  EXPECT_EQ(progress.observer(), nullptr);
  progress_.reset();
  EXPECT_EQ(take(), "");
}

}  // namespace
}  // namespace sealift::program
