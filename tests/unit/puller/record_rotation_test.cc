#include <sealift/base/digest.h>
#include <sealift/puller/decision_log.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"

namespace sealift::puller {
namespace {

using sealift::test::fails_with;
using sealift::test::FaultyFileSystem;
using Loss = FaultyFileSystem::Loss;

constexpr const char* kPath = "state/decisions.jsonl";
constexpr const char* kPrevious = "state/decisions.jsonl.previous";
constexpr std::uint64_t kRoom = 500;  // for three records
const Timestamp kNow{std::chrono::seconds(1'800'000'000)};

Json decision(int number) {
  return Json(Json::Object{{"event", "number " + std::to_string(number)}});
}

class RecordRotation : public testing::Test {
 protected:
  std::unique_ptr<DecisionLog> open() {
    auto log = DecisionLog::open(files_, kPath, kRoom);
    EXPECT_OK(log);
    return log ? *std::move(log) : nullptr;
  }
  // As many more, each by a process of its own or all by one.
  void write_records(int count, bool in_new_processes = false) {
    auto log = open();
    for (int i = 0; i < count; ++i) {
      if (in_new_processes) log = open();
      ASSERT_OK(log->append(kNow, decision(written_++)));
    }
  }
  std::vector<std::string> lines_of(const char* path) const {
    std::vector<std::string> lines;
    if (!files_.exists(path)) return lines;
    std::string text = files_.content(path);
    for (std::size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
      lines.push_back(text.substr(0, end));
    }
    return lines;
  }
  Result<DecisionLogCheck> check() { return check_decision_log(files_, kPath); }
  // The newest records are there without a gap. One that could not be synced may be there as well.
  void expect_whole(std::uint64_t written) {
    ASSERT_OK_ASSIGN(const auto checked, check());
    const auto last = checked.first_record + checked.lines - 1;
    EXPECT_GE(last, written);
    EXPECT_LE(last, written + 1);
  }

  FaultyFileSystem files_;
  int written_ = 0;
};

TEST_F(RecordRotation, GoesOnInANewFileAndKeepsOne) {
  for (const bool in_new_processes : {false, true}) {
    SCOPED_TRACE(in_new_processes);
    files_.put(kPath, "");
    written_ = 0;
    write_records(3, in_new_processes);
    EXPECT_EQ(lines_of(kPath).size(), 3u);
    write_records(1, in_new_processes);
    const auto first = lines_of(kPrevious);
    ASSERT_EQ(first.size(), 3u);
    const auto second = lines_of(kPath);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0], R"({"time":"2027-01-15T08:00:00Z","record":4,"previous":")" +
                             Digest::of(first[2]).to_string() +
                             R"(","file":2,"event":"number 3"})");
    ASSERT_OK_ASSIGN(auto checked, check());
    EXPECT_EQ(checked.lines, 4u);
    EXPECT_EQ(checked.first_record, 1u);
    EXPECT_EQ(checked.head, Digest::of(second[0]).to_string());

    write_records(40, in_new_processes);
    EXPECT_LE(files_.content(kPath).size(), kRoom);
    EXPECT_LE(files_.content(kPrevious).size(), kRoom);
    ASSERT_OK_ASSIGN(checked, check());
    EXPECT_GT(checked.first_record, 30u);
    EXPECT_EQ(checked.first_record + checked.lines - 1, 44u);
    ASSERT_OK(files_.remove(kPrevious));
  }
}

TEST_F(RecordRotation, TakesALongerRecordThanAFileHasRoomFor) {
  write_records(1);
  ASSERT_OK(open()->append(kNow, Json(Json::Object{{"event", std::string(2 * kRoom, 'x')}})));
  write_records(1);
  EXPECT_EQ(lines_of(kPath).size(), 1u);
  EXPECT_EQ(lines_of(kPrevious).size(), 1u);
  expect_whole(3);
}

TEST_F(RecordRotation, CountsATornLineInTheNextFile) {
  write_records(3);
  files_.put(kPath, files_.content(kPath) + R"({"time": )");
  write_records(1);
  ASSERT_EQ(lines_of(kPath).size(), 1u);
  EXPECT_NE(lines_of(kPath)[0].find(R"("torn":1,"file":2)"), std::string::npos);
  ASSERT_OK_ASSIGN(const auto checked, check());
  EXPECT_EQ(checked.lines, 4u);
  EXPECT_EQ(checked.torn_lines, 1u);
  // That count is all that is left of it.
  ASSERT_OK(files_.remove(kPrevious));
  ASSERT_OK(check());
}

TEST_F(RecordRotation, NoticesAChangeInEitherFileAndBetweenThem) {
  write_records(8);
  const auto older = files_.content(kPrevious);
  const auto newer = files_.content(kPath);
  const auto second_line = [](const std::string& text) { return text.substr(text.find('\n') + 1); };
  const auto without_file = [](std::string text) {
    const auto at = text.find(R"("file":)");
    return text.erase(at, text.find(',', at) + 1 - at);
  };
  auto again = newer;
  again.insert(second_line(again).find(R"("event")") + again.size() - second_line(again).size(),
               R"("file":4,)");
  struct Case {
    const char* name;
    std::string older;
    std::string newer;
    const char* message;
  };
  const Case cases[] = {
      {"the older one's beginning", second_line(older), newer,
       ".previous:1: the line does not have the number 1"},
      {"its end", older.substr(0, older.size() - second_line(older).size()), newer,
       "decisions.jsonl:1: the line does not have the number 5"},
      {"the newer one's beginning", older, second_line(newer),
       "decisions.jsonl:1: the line does not have the number 7"},
      {"an older one than the one before", newer, older,
       "decisions.jsonl:1: the line does not have the number 9"},
      {"no file number", older, without_file(newer), "does not begin the file number 3"},
      {"a file number twice", older, again, "begins a file in the middle of one"},
  };
  for (const auto& broken : cases) {
    SCOPED_TRACE(broken.name);
    files_.put(kPrevious, broken.older);
    files_.put(kPath, broken.newer);
    EXPECT_THAT(check(), fails_with(ErrorCode::kUntrusted, broken.message));
    EXPECT_THAT(DecisionLog::open(files_, kPath), fails_with(ErrorCode::kUntrusted));
  }
  // Moved away as a whole, it is as gone as those before it.
  files_.put(kPath, newer);
  ASSERT_OK(files_.remove(kPrevious));
  ASSERT_OK_ASSIGN(const auto checked, check());
  EXPECT_EQ(checked.first_record, 7u);
  ASSERT_OK(open()->append(kNow, decision(8)));
  expect_whole(9);
}

// The fourth record begins the second file.
TEST_F(RecordRotation, GoesOnAfterEachFailure) {
  for (std::size_t n = 1;; ++n) {
    ASSERT_LT(n, 50u);
    SCOPED_TRACE(n);
    files_.put(kPath, "");
    if (files_.exists(kPrevious)) {
      ASSERT_OK(files_.remove(kPrevious));
    }
    written_ = 0;
    write_records(3);
    const auto log = open();
    files_.fail_call(n, Error(ErrorCode::kIo, "disk broken"));
    if (log->append(kNow, decision(3))) break;
    ASSERT_OK(log->append(kNow, decision(3)));
    ASSERT_OK(log->append(kNow, decision(4)));
    EXPECT_EQ(lines_of(kPrevious).size(), 3u);
    expect_whole(5);
    files_.power_cut(Loss::kContentAlone);
    expect_whole(5);
  }
}

TEST_F(RecordRotation, KeepsEachRecordThroughAPowerCutAtEachCall) {
  for (const auto loss : {Loss::kEverythingUnsynced, Loss::kContentAlone}) {
    bool reached_end = false;
    for (std::size_t n = 1; !reached_end; ++n) {
      ASSERT_LT(n, 50u);
      SCOPED_TRACE(std::to_string(n) + (loss == Loss::kContentAlone ? ", content alone" : ""));
      FaultyFileSystem disk;
      auto log = DecisionLog::open(disk, kPath, kRoom);
      ASSERT_OK(log);
      for (int i = 0; i < 6; ++i) ASSERT_OK((*log)->append(kNow, decision(i)));
      disk.fail_from(n, Error(ErrorCode::kIo, "the power is gone"));
      // The third file takes the place of the second, and that the first one's.
      reached_end = (*log)->append(kNow, decision(6)).has_value();
      log->reset();
      disk.power_cut(loss);
      ASSERT_OK_ASSIGN(const auto checked, check_decision_log(disk, kPath));
      EXPECT_GE(checked.first_record + checked.lines - 1, reached_end ? 7u : 6u);
      ASSERT_OK_ASSIGN(log, DecisionLog::open(disk, kPath, kRoom));
      ASSERT_OK((*log)->append(kNow, decision(7)));
      ASSERT_OK(check_decision_log(disk, kPath));
    }
  }
}

TEST_F(RecordRotation, GoesOnAfterAFullDisk) {
  for (std::uint64_t room = 0; room < kRoom; room += 7) {
    SCOPED_TRACE(room);
    FaultyFileSystem disk;
    ASSERT_OK_ASSIGN(const auto log, DecisionLog::open(disk, kPath, kRoom));
    for (int i = 0; i < 6; ++i) ASSERT_OK(log->append(kNow, decision(i)));
    disk.set_capacity(disk.content(kPath).size() + disk.content(kPrevious).size() + room);
    const bool appended = log->append(kNow, decision(6)).has_value();
    disk.set_capacity(1 << 20);
    if (!appended) {
      ASSERT_OK(log->append(kNow, decision(6)));
    }
    ASSERT_OK_ASSIGN(const auto checked, check_decision_log(disk, kPath));
    EXPECT_EQ(checked.first_record + checked.lines - 1, 7u);
  }
}

}  // namespace
}  // namespace sealift::puller
