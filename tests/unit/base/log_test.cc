#include "support/result_matchers.h"

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/log.h>

#include <gtest/gtest.h>

#include <thread>

namespace sealift {
namespace {

using test::fails_with;

class Lines : public ByteSink {
 public:
  Result<> write(std::string_view bytes) override {
    lines.emplace_back(bytes);
    return {};
  }
  std::vector<std::string> lines;
};

// Without the time in front, which is checked here.
std::string after_time(const std::string& line) {
  EXPECT_THAT(parse_timestamp(line.substr(0, 20)), test::is_ok()) << line;
  return line.substr(20);
}

TEST(Log, TextLines) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kText, LogLevel::kDebug);
  log.info("delivered", {{"delivery", "shop"}, {"why", "it is new"}, {"empty", ""}});
  log.with({{"a", "x=y"}}).with({{"b", "\"q\""}}).warning("odd\nline", {{"c", "\x1b[31m\xff"}});
  log.debug("d");
  log.error("e");
  ASSERT_EQ(out->lines.size(), 4u);
  EXPECT_EQ(after_time(out->lines[0]),
            " INFO   delivered  delivery=shop  why=\"it is new\"  empty=\"\"\n");
  EXPECT_EQ(after_time(out->lines[1]),
            " WARN   odd\\x0aline  a=\"x=y\"  b=\"\\\"q\\\"\"  c=\\x1b[31m\\xff\n");
  EXPECT_EQ(after_time(out->lines[2]), " DEBUG  d\n");
  EXPECT_EQ(after_time(out->lines[3]), " ERROR  e\n");
}

// A reader that undoes the escapes must not find the end of the value, and fields of somebody
// else's making, within it.
TEST(Log, AValueCannotEndItsQuotes) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kText, LogLevel::kInfo);
  log.info("m", {{"tag", "v1\\\"  delivery=\"other"}});
  EXPECT_EQ(after_time(out->lines[0]), " INFO   m  tag=\"v1\\\\\\\"  delivery=\\\"other\"\n");
}

// A message that lists several things stays readable: each escape is written once.
TEST(Log, AValueOfSeveralLines) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kText, LogLevel::kInfo);
  log.info("m", {{"reason", "two objects:\n  a\n  \x1b[31mb"}});
  EXPECT_EQ(after_time(out->lines[0]), " INFO   m  reason=\"two objects:\\n  a\\n  \\x1b[31mb\"\n");
}

TEST(Log, JsonLines) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kJson, LogLevel::kInfo);
  log.with({{"delivery", "shop"}}).info("two\nlines", {{"odd", "\xff"}});
  ASSERT_EQ(out->lines.size(), 1u);
  ASSERT_TRUE(out->lines[0].ends_with("}\n"));
  ASSERT_OK_ASSIGN(const Json line, parse_json(out->lines[0], "line"));
  EXPECT_OK(parse_timestamp(line.string_at({"time"})));
  EXPECT_EQ(line.string_at({"level"}), "info");
  EXPECT_EQ(line.string_at({"message"}), "two\nlines");
  EXPECT_EQ(line.string_at({"delivery"}), "shop");
  EXPECT_EQ(line.string_at({"odd"}), "\\xff");
}

TEST(Log, LevelAndSilence) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kText, LogLevel::kWarning);
  log.debug("no");
  log.info("no");
  log.warning("yes");
  log.error("yes");
  EXPECT_EQ(out->lines.size(), 2u);
  Logger::silent().with({{"a", "b"}}).error("no");
}

TEST(Log, LongTextIsCut) {
  const auto out = std::make_shared<Lines>();
  for (const auto format : {LogFormat::kText, LogFormat::kJson}) {
    Logger::to_sink(out, format, LogLevel::kInfo).info("m", {{"f", std::string(1'000'000, 'x')}});
    EXPECT_LT(out->lines.back().size(), 5'000u);
  }
}

TEST(Log, ThreadsDoNotMixLines) {
  const auto out = std::make_shared<Lines>();
  const Logger log = Logger::to_sink(out, LogFormat::kText, LogLevel::kInfo);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([log] {
      for (int n = 0; n < 50; ++n) log.info("line");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(out->lines.size(), 200u);
  for (const auto& line : out->lines) EXPECT_EQ(after_time(line), " INFO   line\n");
}

TEST(Log, StandardError) {
  testing::internal::CaptureStderr();
  Logger::to_stderr(LogFormat::kText, LogLevel::kInfo).info("said");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("INFO   said\n"));
}

TEST(Log, Names) {
  EXPECT_EQ(*parse_log_level("warning"), LogLevel::kWarning);
  EXPECT_THAT(parse_log_level("loud"), fails_with(ErrorCode::kInvalidInput, "debug, info"));
  EXPECT_EQ(*parse_log_format("json"), LogFormat::kJson);
  EXPECT_THAT(parse_log_format("xml"), fails_with(ErrorCode::kInvalidInput, "text or json"));
}

}  // namespace
}  // namespace sealift
