// What is tried again, how long is waited, and how broken transfers go on.
#include "registry_fixture.h"

#include <sealift/base/http_date.h>

#include <ostream>

#include "retry.h"

namespace sealift::oci {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;

struct RetryCase {
  AttemptOutcome outcome;
  int attempts_made;
  std::optional<milliseconds> wait;
};

class RetryTable : public testing::TestWithParam<RetryCase> {};

TEST_P(RetryTable, DecidesByOutcomeAlone) {
  const RetryPolicy policy;
  EXPECT_EQ(wait_before_retry(policy, GetParam().outcome, GetParam().attempts_made, 1.0),
            GetParam().wait);
}

AttemptOutcome answer(int status, std::optional<seconds> retry_after = std::nullopt) {
  return {std::nullopt, status, retry_after};
}
AttemptOutcome failure(ErrorCode code) { return {code, 0, std::nullopt}; }

INSTANTIATE_TEST_SUITE_P(
    Table, RetryTable,
    testing::Values(
        RetryCase{answer(200), 1, std::nullopt}, RetryCase{answer(404), 1, std::nullopt},
        RetryCase{answer(401), 1, std::nullopt}, RetryCase{answer(501), 1, std::nullopt},
        RetryCase{answer(505), 1, std::nullopt}, RetryCase{answer(408), 1, milliseconds(300)},
        RetryCase{answer(429), 1, milliseconds(300)}, RetryCase{answer(499), 1, milliseconds(300)},
        RetryCase{answer(500), 1, milliseconds(300)}, RetryCase{answer(522), 1, milliseconds(300)},
        RetryCase{answer(503), 2, milliseconds(600)}, RetryCase{answer(503), 3, milliseconds(1200)},
        RetryCase{answer(503), 4, std::nullopt}, RetryCase{answer(503, seconds(7)), 1, seconds(7)},
        RetryCase{answer(503, seconds(0)), 1, milliseconds(300)},
        RetryCase{answer(429, seconds(3600)), 1, seconds(60)},
        RetryCase{answer(404, seconds(7)), 1, std::nullopt},
        RetryCase{failure(ErrorCode::kUnavailable), 1, milliseconds(300)},
        RetryCase{failure(ErrorCode::kUntrusted), 1, std::nullopt},
        RetryCase{failure(ErrorCode::kInvalidInput), 1, std::nullopt},
        RetryCase{failure(ErrorCode::kCancelled), 1, std::nullopt}));

TEST(HttpDate, IsReadInAllThreeForms) {
  using namespace std::chrono;
  const Timestamp expected = sys_days(1994y / November / 6) + 8h + 49min + 37s;
  const Timestamp now = sys_days(2026y / January / 1);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", now), expected);
  for (const char* text :
       {"", "tomorrow", "Sun, 06 Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text, now), std::nullopt) << text;
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  using namespace std::chrono;
  const Timestamp now = sys_days(2026y / January / 1);
  EXPECT_EQ(parse_retry_after("120", now), seconds(120));
  EXPECT_GE(parse_retry_after("99999999999999999999", now), seconds(1'000'000));
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 2026 00:00:09 GMT", now), seconds(9));
  EXPECT_EQ(parse_retry_after("Wed, 31 Dec 2025 23:00:00 GMT", now), seconds(0));
  EXPECT_EQ(parse_retry_after("-1", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("soon", now), std::nullopt);
}

class RegistryRetryTest : public RegistryTest {};

TEST_F(RegistryRetryTest, ARegistryThatComesBackIsNotNoticed) {
  int requests = 0;
  on_request = [&](const SeenRequest&) {
    if (++requests < 3) return status(503);
    return typed(manifest(), media_type::kManifest);
  };
  ASSERT_OK(open()->fetch_manifest("v1", {}));
  EXPECT_GT(clock_.elapsed(), milliseconds(300));
  EXPECT_LT(clock_.elapsed(), milliseconds(1000));
}

TEST_F(RegistryRetryTest, RetryAfterIsWaitedForInBothForms) {
  for (const char* after : {"7", "Thu, 01 Jan 2026 00:00:07 GMT"}) {
    test::ManualClock clock(test::ManualClock::Sleep::kJumps);
    const RepositoryEnvironment environment{transport_, system_files(), clock, system_random()};
    bool asked = false;
    on_request = [&](const SeenRequest&) {
      if (asked) return typed(manifest(), media_type::kManifest);
      asked = true;
      return status(429).with_header("Retry-After", after);
    };
    ASSERT_OK_ASSIGN(const auto reference, Reference::parse("oci://registry.example/shop"));
    ASSERT_OK_ASSIGN(const auto repository, open_repository(reference, {}, environment));
    ASSERT_OK(repository->fetch_manifest("v1", {}));
    EXPECT_EQ(clock.elapsed(), seconds(7)) << after;
  }
}

TEST_F(RegistryRetryTest, GivingUpTellsHowLongTheRegistryWantedUsToWait) {
  on_request = [](const SeenRequest&) { return status(429).with_header("Retry-After", "3600"); };
  const auto result = open()->fetch_manifest("v1", {});
  EXPECT_THAT(result, fails_with(ErrorCode::kUnavailable, "(429)"));
  EXPECT_EQ(result.error().retry_after(), seconds(3600));
  EXPECT_EQ(transport_.request_count(), 4u);
  EXPECT_EQ(clock_.elapsed(), seconds(180));
}

TEST_F(RegistryRetryTest, BrokenConnectionsAreTriedAgainAndRefusedCertificatesAreNot) {
  on_request = [](const SeenRequest&) { return typed(manifest(), media_type::kManifest); };
  transport_.fail_request(1, Error(ErrorCode::kUnavailable, "reset"));
  transport_.cut_body(2, 10);
  transport_.fail_request(3, Error(ErrorCode::kCancelled, "deadline"));
  EXPECT_OK(open()->fetch_manifest("v1", {}));
  transport_.forget_requests();
  transport_.fail_request(1, Error(ErrorCode::kUntrusted, "certificate"));
  EXPECT_THAT(open()->fetch_manifest("v1", {}), fails_with(ErrorCode::kUntrusted));
  EXPECT_EQ(transport_.request_count(), 1u);
}

TEST_F(RegistryRetryTest, AStopEndsTheWaiting) {
  std::stop_source stop;
  on_request = [&](const SeenRequest&) {
    stop.request_stop();
    return status(503);
  };
  EXPECT_THAT(open()->fetch_manifest("v1", stop.get_token()), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(clock_.elapsed(), milliseconds(0));
}

class BrokenDownload : public RegistryRetryTest, public testing::WithParamInterface<bool> {
 protected:
  // Serves the blob, and ranges of it where the test's parameter says so.
  FakeAnswer serve(const SeenRequest& request) {
    const auto range = request.headers.get("Range");
    if (!range || !GetParam()) return status(200, content_);
    const auto first = std::stoul(std::string(range->substr(6)));
    if (first >= content_.size()) return status(416);
    return status(206, content_.substr(first))
        .with_header("Content-Range", "bytes " + std::to_string(first) + "-11/12");
  }
  const std::string content_ = "twelve bytes";
};

INSTANTIATE_TEST_SUITE_P(Ranges, BrokenDownload, testing::Bool());

TEST_P(BrokenDownload, GoesOnWhereverItBroke) {
  on_request = [this](const SeenRequest& request) { return serve(request); };
  const auto repository = open();
  for (std::size_t first = 0; first <= content_.size(); ++first) {
    for (std::size_t second = 1; second <= 3; ++second) {
      transport_.cut_body(1, first);
      transport_.cut_body(2, second);
      ASSERT_OK_ASSIGN(const std::string blob, fetch(*repository, describe(content_)));
      EXPECT_EQ(blob, content_) << "cut after " << first << " and then " << second << " bytes";
      // Attempts that were not needed leave their faults behind.
      while (!fetch(*repository, describe(content_))) {
      }
    }
  }
}

TEST_P(BrokenDownload, IsStillCheckedAsAWhole) {
  std::string changed = content_;
  changed.back() = '!';
  on_request = [&](const SeenRequest& request) {
    FakeAnswer answer = serve(request);
    if (request.headers.get("Range")) answer.body.back() = '!';
    return answer;
  };
  transport_.cut_body(1, 5);
  EXPECT_THAT(fetch(*open(), describe(content_)), fails_with(ErrorCode::kUntrusted, "hashes to"));
}

struct DownloadLie {
  std::string name;
  int status;
  std::string content_range;
  std::string body;
};
void PrintTo(const DownloadLie& lie, std::ostream* out) { *out << lie.name; }
class DownloadLies : public RegistryRetryTest, public testing::WithParamInterface<DownloadLie> {};

TEST_P(DownloadLies, AboutARangeAreAnsweredByBeginningAgain) {
  on_request = [](const SeenRequest& request) {
    if (!request.headers.get("Range")) return status(200, "twelve bytes");
    FakeAnswer lie = status(GetParam().status, GetParam().body);
    if (!GetParam().content_range.empty()) {
      lie.headers.set("Content-Range", GetParam().content_range);
    }
    return lie;
  };
  transport_.cut_body(1, 5);
  ASSERT_OK_ASSIGN(const std::string blob, fetch(*open(), describe("twelve bytes")));
  EXPECT_EQ(blob, "twelve bytes");
  const auto requests = transport_.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].headers.get("Range"), "bytes=5-");
  EXPECT_EQ(requests[2].headers.get("Range"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DownloadLies,
    testing::Values(DownloadLie{"later", 206, "bytes 7-11/12", "bytes"},
                    DownloadLie{"earlier", 206, "bytes 4-11/12", "ve bytes"},
                    DownloadLie{"none", 206, "", "e bytes"},
                    DownloadLie{"another_total", 206, "bytes 5-11/13", "e bytes"},
                    DownloadLie{"another_unit", 206, "lines 5-11/12", "e bytes"},
                    DownloadLie{"backwards", 206, "bytes 5-4/12", "e bytes"},
                    DownloadLie{"many", 206, "bytes 5-6, 7-11/12", "e bytes"},
                    DownloadLie{"refused", 416, "bytes */12", ""}),
    [](const auto& lie) { return lie.param.name; });

TEST_F(RegistryRetryTest, APartThatNobodyAskedForIsRefused) {
  on_request = [](const SeenRequest&) {
    return status(206, "twelve bytes").with_header("Content-Range", "bytes 0-11/12");
  };
  EXPECT_THAT(fetch(*open(), describe("twelve bytes")),
              fails_with(ErrorCode::kInvalidInput, "another range"));
}

TEST_F(RegistryRetryTest, ADownloadThatAdvancesMayBreakAsOftenAsItTakes) {
  const std::string content(1'000'000, 'x');
  on_request = [&](const SeenRequest& request) {
    const auto range = request.headers.get("Range");
    const auto first = range ? std::stoul(std::string(range->substr(6))) : 0;
    if (first == 0) return status(200, content);
    return status(206, content.substr(first))
        .with_header("Content-Range", "bytes " + std::to_string(first) + "-999999/1000000");
  };
  for (std::size_t i = 1; i <= 100; ++i) transport_.cut_body(i, 20'000);
  ASSERT_OK_ASSIGN(const std::string blob, fetch(*open(), describe(content)));
  EXPECT_TRUE(blob == content);
  EXPECT_EQ(transport_.request_count(), 50u);
}

TEST_F(RegistryRetryTest, ADownloadThatBreaksForEverEnds) {
  on_request = [](const SeenRequest&) { return status(200, "twelve bytes"); };
  for (std::size_t i = 1; i <= 20; ++i) transport_.cut_body(i, 3);
  EXPECT_THAT(fetch(*open(), describe("twelve bytes")), fails_with(ErrorCode::kUnavailable));
  EXPECT_EQ(transport_.request_count(), 8u);
}

TEST_F(RegistryRetryTest, AnUploadBeginsAgainWithAllItsBytes) {
  int puts = 0;
  on_request = [&](const SeenRequest& request) {
    if (request.method == "HEAD") return status(404);
    if (request.method == "POST") return status(202).with_header("Location", "up/1?state=x");
    return ++puts == 1 ? status(502) : status(201);
  };
  ASSERT_OK(open()->push_blob(describe("content"), Blob::from_string("content"), {}));
  const auto requests = transport_.requests();
  ASSERT_EQ(requests.size(), 6u);
  EXPECT_EQ(requests[2].url,
            "https://registry.example/v2/shop/blobs/uploads/up/1?state=x&digest=sha256%3A" +
                Digest::of("content").hex());
  EXPECT_EQ(requests[3].method, "DELETE") << "the broken upload is not left behind";
  EXPECT_EQ(requests[4].method, "POST");
  EXPECT_EQ(requests[5].body, "content");
}

TEST_F(RegistryRetryTest, ABlobThatIsThereIsNotSent) {
  on_request = [](const SeenRequest&) { return status(200); };
  ASSERT_OK(open()->push_blob(describe("content"), Blob::from_string("content"), {}));
  EXPECT_EQ(transport_.request_count(), 1u);
}

}  // namespace
}  // namespace sealift::oci
