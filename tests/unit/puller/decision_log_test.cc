#include <sealift/base/digest.h>
#include <sealift/puller/decision_log.h>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"

namespace sealift::puller {
namespace {

using sealift::test::fails_with;
using sealift::test::FaultyFileSystem;

constexpr const char* kPath = "state/decisions.jsonl";
const Timestamp kNow{std::chrono::seconds(1'800'000'000)};

Json decision(const std::string& event) { return Json(Json::Object{{"event", event}}); }

class DecisionLogTest : public testing::Test {
 protected:
  std::unique_ptr<DecisionLog> open() {
    auto log = DecisionLog::open(files_, kPath);
    EXPECT_OK(log);
    return log ? *std::move(log) : nullptr;
  }

  void write_records(int count) {
    const auto log = open();
    for (int i = 0; i < count; ++i) {
      ASSERT_OK(log->append(kNow, decision("number " + std::to_string(i))));
    }
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::string_view rest = bytes_view();
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      lines.emplace_back(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    return lines;
  }

  void put_lines(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& line : all) text += line + "\n";
    files_.put(kPath, text);
  }

  Result<DecisionLogCheck> check() { return check_decision_log(files_, kPath); }

  std::string_view bytes_view() const {
    bytes_ = files_.content(kPath);
    return bytes_;
  }

  FaultyFileSystem files_;
  mutable std::string bytes_;
};

TEST_F(DecisionLogTest, ChainsEachRecordToTheOneBefore) {
  write_records(2);
  write_records(1);
  const auto all = lines();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0],
            R"({"time":"2027-01-15T08:00:00Z","record":1,"previous":"","event":"number 0"})");
  EXPECT_EQ(all[1], R"({"time":"2027-01-15T08:00:00Z","record":2,"previous":")" +
                        Digest::of(all[0]).to_string() + R"(","event":"number 1"})");
  EXPECT_EQ(all[2], R"({"time":"2027-01-15T08:00:00Z","record":3,"previous":")" +
                        Digest::of(all[1]).to_string() + R"(","event":"number 0"})");
  ASSERT_OK_ASSIGN(const auto checked, check());
  EXPECT_EQ(checked.lines, 3u);
  EXPECT_EQ(checked.torn_lines, 0u);
  EXPECT_EQ(checked.head, Digest::of(all[2]).to_string());
}

TEST_F(DecisionLogTest, KeepsEachRecordThroughAPowerCut) {
  for (const auto loss :
       {FaultyFileSystem::Loss::kEverythingUnsynced, FaultyFileSystem::Loss::kContentAlone}) {
    write_records(2);
    const std::string before(bytes_view());
    files_.power_cut(loss);
    ASSERT_TRUE(files_.exists(kPath));
    EXPECT_EQ(bytes_view(), before);
  }
}

TEST_F(DecisionLogTest, NoticesWhatWasChangedRemovedAddedOrSwapped) {
  write_records(4);
  const auto good = lines();
  struct Case {
    const char* name;
    std::vector<std::string> lines;
    const char* message;
  };
  auto changed = good;
  changed[1].replace(changed[1].find("number 1"), 8, "number 7");
  auto made_junk = good;
  made_junk[1] = "junk";
  auto removed = good;
  removed.erase(removed.begin() + 2);
  auto first_removed = good;
  first_removed.erase(first_removed.begin());
  auto swapped = good;
  std::swap(swapped[1], swapped[2]);
  auto doubled = good;
  doubled.insert(doubled.begin() + 1, doubled[0]);
  auto junk_added = good;
  junk_added.insert(junk_added.begin() + 2, "junk");
  auto empty_line = good;
  empty_line.insert(empty_line.begin() + 1, "");
  const Case cases[] = {
      {"changed", changed, ":3: the line does not continue the line before it"},
      {"made junk", made_junk, ":3: the line does not have the number 2"},
      {"removed", removed, ":3: the line does not have the number 3"},
      {"first removed", first_removed, ":1: the line does not have the number 1"},
      {"swapped", swapped, ":2: the line does not have the number 2"},
      {"doubled", doubled, ":2: the line does not have the number 2"},
      {"junk added", junk_added, ":4: the line does not tell of the 1 lines before it"},
      {"empty line added", empty_line, ":3: the line does not tell of the 1 lines before it"},
  };
  for (const auto& broken : cases) {
    SCOPED_TRACE(broken.name);
    put_lines(broken.lines);
    EXPECT_THAT(check(), fails_with(ErrorCode::kUntrusted, broken.message));
    // Such a file is never added to.
    const std::string before(bytes_view());
    EXPECT_THAT(DecisionLog::open(files_, kPath), fails_with(ErrorCode::kUntrusted));
    EXPECT_EQ(bytes_view(), before);
  }
}

TEST_F(DecisionLogTest, ShowsAChangedEndByItsHead) {
  write_records(3);
  ASSERT_OK_ASSIGN(const auto before, check());
  auto cut = lines();
  cut.pop_back();
  put_lines(cut);
  ASSERT_OK_ASSIGN(const auto after, check());
  EXPECT_NE(after.head, before.head);
  EXPECT_EQ(after.lines, 2u);
}

// A crash may leave any part of the last record behind, and may come again while the next one is
// written.
TEST_F(DecisionLogTest, GoesOnAfterEachTornLine) {
  write_records(2);
  const std::string whole(bytes_view());
  const auto first_end = whole.find('\n') + 1;
  for (std::size_t cut = first_end; cut <= whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    files_.put(kPath, whole.substr(0, cut));
    ASSERT_OK(check());
    ASSERT_NE(open(), nullptr);
    // Nothing was recorded after the crash: that is no reason for suspicion.
    ASSERT_OK(check());
    ASSERT_OK(open()->append(kNow, decision("after")));
    ASSERT_OK_ASSIGN(const auto checked, check());
    // The whole line without its newline is a record like any other.
    const bool kept = cut + 1 >= whole.size();
    const bool torn = cut > first_end && !kept;
    EXPECT_EQ(checked.lines, kept ? 3u : 2u);
    EXPECT_EQ(checked.torn_lines, torn ? 1u : 0u);
  }
}

TEST_F(DecisionLogTest, GoesOnAfterSeveralTornLines) {
  write_records(1);
  const std::string whole(bytes_view());
  files_.put(kPath, whole + "{\"time\":\n{\"ti\n{\"");
  ASSERT_OK_ASSIGN(auto checked, check());
  EXPECT_EQ(checked.lines, 1u);
  EXPECT_EQ(checked.torn_lines, 3u);
  ASSERT_OK(open()->append(kNow, decision("after")));
  EXPECT_NE(lines().back().find(R"("torn":3,)"), std::string::npos) << lines().back();
  ASSERT_OK(open()->append(kNow, decision("later")));
  EXPECT_EQ(lines().back().find("torn"), std::string::npos);
  ASSERT_OK_ASSIGN(checked, check());
  EXPECT_EQ(checked.lines, 3u);
  EXPECT_EQ(checked.torn_lines, 3u);
}

TEST_F(DecisionLogTest, GoesOnAfterEachFailure) {
  for (std::size_t n = 1; n <= 8; ++n) {
    SCOPED_TRACE(n);
    files_.put(kPath, "");
    const auto log = open();
    ASSERT_OK(log->append(kNow, decision("before")));
    files_.fail_call(n, Error(ErrorCode::kIo, "disk broken"));
    bool failed = false;
    for (int i = 0; i < 3; ++i) failed |= !log->append(kNow, decision("during")).has_value();
    EXPECT_EQ(failed, n <= 6);
    files_.power_cut(FaultyFileSystem::Loss::kContentAlone);
    ASSERT_OK(open()->append(kNow, decision("after")));
    ASSERT_OK(check());
  }
}

TEST_F(DecisionLogTest, GoesOnAfterAFullDisk) {
  write_records(1);
  const std::string whole(bytes_view());
  for (std::size_t room = 0; room <= whole.size() * 2; ++room) {
    SCOPED_TRACE(room);
    files_.put(kPath, whole);
    const auto log = open();
    files_.set_capacity(whole.size() + room);
    const auto appended = log->append(kNow, decision("does not fit"));
    if (!appended) {
      EXPECT_THAT(appended, fails_with(ErrorCode::kIo, "No space left on device"));
    }
    files_.set_capacity(1 << 20);
    ASSERT_OK(log->append(kNow, decision("fits")));
    ASSERT_OK_ASSIGN(const auto checked, check());
    EXPECT_GE(checked.lines, 2u);
  }
}

TEST_F(DecisionLogTest, TakesRecordsFromManyThreads) {
  const auto log = open();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < 50; ++i) EXPECT_OK(log->append(kNow, decision("x")));
      });
    }
  }
  ASSERT_OK_ASSIGN(const auto checked, check());
  EXPECT_EQ(checked.lines, 200u);
}

TEST_F(DecisionLogTest, SaysThatARecordIsMissing) {
  EXPECT_THAT(check(), fails_with(ErrorCode::kNotFound, kPath));
}

}  // namespace
}  // namespace sealift::puller
