#include "support/test_log.h"

#include <sealift/base/json.h>
#include <sealift/sigstore/promise.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::TestKey;
using sealift::test::TestLog;

TEST(Promise, IsSignedOverCanonicalJson) {
  LogEntry entry;
  entry.log_id = "\x01\xff";
  entry.index = 9223372036854775807u;
  entry.integrated_time = Timestamp(std::chrono::seconds(1692374735));
  entry.body = "{\"a\":\"\xc3\xbf\xff?>\"}";
  EXPECT_EQ(promise_payload(entry),
            "{\"body\":\"eyJhIjoiw7//Pz4ifQ==\",\"integratedTime\":1692374735,\"logID\":\"01ff\","
            "\"logIndex\":9223372036854775807}");
}

TEST(Promise, HoldsForWhatItSaysAlone) {
  const TestLog log(TestLog::Make::kRekor1);
  const TestLog other(TestLog::Make::kRekor1, "other.example.com");
  const TrustedRoot root =
      parse_trusted_root(dump_json(sealift::test::trusted_root_of({&log, &other})), "root").value();
  const TrustedLog& trusted = *root.transparency_logs.find(log.id());
  const Timestamp time = parse_timestamp("2026-06-01T12:00:00Z").value();
  LogEntry good;
  good.log_id = log.id();
  good.index = 7;
  good.integrated_time = time;
  good.body = "body";
  good.promise = log.promise("body", 7, time);
  ASSERT_TRUE(verify_promise(good, trusted));

  const std::pair<const char*, void (*)(LogEntry&)> kChanges[] = {
      {"body", [](LogEntry& entry) { entry.body += " "; }},
      {"index", [](LogEntry& entry) { ++entry.index; }},
      {"time", [](LogEntry& entry) { *entry.integrated_time += std::chrono::seconds(1); }},
      {"log", [](LogEntry& entry) { entry.log_id.back() ^= 1; }},
      {"signature", [](LogEntry& entry) { entry.promise->back() ^= 1; }},
      {"length", [](LogEntry& entry) { entry.promise->push_back('\0'); }},
      {"nothing", [](LogEntry& entry) { entry.promise->clear(); }},
  };
  for (const auto& [name, change] : kChanges) {
    LogEntry changed = good;
    change(changed);
    const auto verdict = verify_promise(changed, trusted);
    ASSERT_FALSE(verdict) << name;
    EXPECT_EQ(verdict.error().kind, RefusalKind::kPromise) << name;
  }
  const auto by_another = verify_promise(good, *root.transparency_logs.find(other.id()));
  ASSERT_FALSE(by_another);
  EXPECT_EQ(by_another.error().kind, RefusalKind::kPromise);
}

TEST(Promise, NeedsItsTime) {
  const TestLog log(TestLog::Make::kRekor1);
  const TrustedRoot root =
      parse_trusted_root(dump_json(sealift::test::trusted_root_of({&log})), "root").value();
  LogEntry entry;
  entry.log_id = log.id();
  entry.promise = log.promise("", 0, Timestamp());
  const auto verdict = verify_promise(entry, root.transparency_logs.all().front());
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().kind, RefusalKind::kLogEvidenceMissing);
}

}  // namespace
}  // namespace sealift::sigstore
