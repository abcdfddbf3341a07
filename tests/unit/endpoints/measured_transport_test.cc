#include <sealift/endpoints/measured_transport.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_transport.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

namespace sealift::endpoints {
namespace {

using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::FakeTransport;
using sealift::test::ManualClock;
using testing::ElementsAre;

struct Seen {
  std::string url;
  std::string code;
  double seconds;
  bool operator==(const Seen&) const = default;
};

TEST(MeasuredTransport, TellsOfEachAnswerOnce) {
  ManualClock clock;
  FakeTransport inner([&](const auto& request) {
    clock.advance(std::chrono::milliseconds(250));
    if (request.url.ends_with("/broken")) return FakeAnswer::failure(ErrorCode::kUnavailable, "x");
    return FakeAnswer::json(request.url.ends_with("/missing") ? 404 : 200, "body");
  });
  std::vector<Seen> seen;
  MeasuredTransport transport(inner, clock, [&](const MeasuredRequest& one) {
    seen.push_back({one.request.url, std::string(one.code), one.duration.count()});
  });
  HttpRequest request;
  request.url = "http://r/ok";
  ASSERT_OK_ASSIGN(const auto answer, send_for_bytes(transport, request, {}));
  EXPECT_EQ(answer.body, "body");
  request.url = "http://r/missing";
  EXPECT_OK(send_for_bytes(transport, request, {}));
  request.url = "http://r/broken";
  EXPECT_THAT(send_for_bytes(transport, request, {}), fails_with(ErrorCode::kUnavailable));
  // Broken in the body: the answer has been told of.
  request.url = "http://r/cut";
  inner.cut_body(1, 2);
  EXPECT_THAT(send_for_bytes(transport, request, {}), fails_with(ErrorCode::kUnavailable));
  EXPECT_THAT(
      seen,
      ElementsAre(Seen{"http://r/ok", "200", 0.25}, Seen{"http://r/missing", "404", 0.25},
                  Seen{"http://r/broken", "unavailable", 0.25}, Seen{"http://r/cut", "200", 0.25}));
}

TEST(MeasuredTransport, NamesVerbs) {
  const auto verb = [](std::string method, std::string url, std::string type = "") {
    HttpRequest request;
    request.method = std::move(method);
    request.url = "https://api" + std::move(url);
    if (!type.empty()) request.headers.set("Content-Type", std::move(type));
    return std::string(api_verb(request));
  };
  EXPECT_EQ(verb("GET", "/api/v1/namespaces/a"), "get");
  EXPECT_EQ(verb("GET", "/api/v1/pods?limit=500"), "list");
  EXPECT_EQ(verb("GET", "/api/v1/pods?limit=5&watch=1"), "watch");
  EXPECT_EQ(verb("GET", "/api/v1/pods?watcher=1"), "get");
  EXPECT_EQ(verb("POST", "/x"), "create");
  EXPECT_EQ(verb("PUT", "/x"), "update");
  EXPECT_EQ(verb("DELETE", "/x"), "delete");
  EXPECT_EQ(verb("PATCH", "/x", "application/apply-patch+yaml"), "apply");
  EXPECT_EQ(verb("PATCH", "/x", "application/merge-patch+json"), "patch");
}

TEST(MeasuredTransport, NamesHosts) {
  EXPECT_EQ(host_of("https://registry.example:5000/v2/a?b"), "registry.example:5000");
  EXPECT_EQ(host_of("http://[::1]:80"), "[::1]:80");
  EXPECT_EQ(host_of("https://r?x"), "r");
}

}  // namespace
}  // namespace sealift::endpoints
