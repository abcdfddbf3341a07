#include <sealift/kube/api_client.h>

#include <gtest/gtest.h>

#include <vector>

#include "fake_cluster.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

TEST(ApiClient, SendsTokenAndQuery) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(200, R"({"a":1})"); });
  ASSERT_OK_ASSIGN(const auto answer,
                   cluster.client().get("/api/v1/pods", {{"labelSelector", "a=b,c d"}}, {}));
  EXPECT_EQ(dump_json(answer), R"({"a":1})");
  const auto request = cluster.transport.requests().at(0);
  EXPECT_EQ(request.url, "https://api.test/api/v1/pods?labelSelector=a%3Db%2Cc%20d");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer secret");
  EXPECT_EQ(request.headers.get("Accept"), "application/json");
  EXPECT_FALSE(request.headers.get("Impersonate-User").has_value());
}

TEST(ApiClient, ActsAsAServiceAccount) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(200, "{}"); });
  const auto client = cluster.client().as_service_account("shop", "deployer");
  ASSERT_OK(client.patch("/api/v1/x", {}, "application/merge-patch+json", Json::object(), {}));
  const auto request = cluster.transport.requests().at(0);
  EXPECT_EQ(request.headers.get("Impersonate-User"), "system:serviceaccount:shop:deployer");
  EXPECT_FALSE(request.headers.get("Impersonate-Group").has_value());
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer secret");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/merge-patch+json");
  EXPECT_EQ(request.body, "{}");
}

TEST(ApiClient, TriesAgainAfterA503AndALostConnection) {
  int calls = 0;
  FakeCluster cluster([&](const SeenRequest&) {
    return ++calls == 1 ? FakeAnswer::json(503, "") : FakeAnswer::json(200, "{}");
  });
  cluster.transport.fail_request(2, Error(ErrorCode::kUnavailable, "connection reset"));
  ASSERT_OK(cluster.client().get("/api", {}, {}));
  EXPECT_EQ(cluster.transport.request_count(), 3u);
}

TEST(ApiClient, GivesUpAfterFiveAttemptsAndNamesTheCluster) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(503, "overloaded"); });
  EXPECT_THAT(cluster.client().get("/api", {}, {}),
              fails_with(ErrorCode::kUnavailable, "context test of kubeconfig"));
  EXPECT_EQ(cluster.transport.request_count(), 5u);
}

TEST(ApiClient, WaitsAsLongAsTheServerAsks) {
  int calls = 0;
  FakeCluster cluster([&](const SeenRequest&) {
    return ++calls == 1 ? FakeAnswer::json(429, "").with_header("Retry-After", "20")
                        : FakeAnswer::json(200, "{}");
  });
  ASSERT_OK(cluster.client().get("/api", {}, {}));
  EXPECT_EQ(cluster.clock.elapsed(), std::chrono::seconds(20));
}

TEST(ApiClient, HandsALongPauseToTheCaller) {
  FakeCluster cluster([](const SeenRequest&) {
    return FakeAnswer::json(429, "").with_header("Retry-After", "300");
  });
  const auto answer = cluster.client().get("/api", {}, {});
  ASSERT_THAT(answer, fails_with(ErrorCode::kUnavailable));
  EXPECT_EQ(answer.error().retry_after(), std::chrono::seconds(300));
  EXPECT_EQ(cluster.transport.request_count(), 1u);
}

TEST(ApiClient, CreatesOnceWhereTheAnswerIsLost) {
  FakeCluster cluster([](const SeenRequest&) {
    return FakeAnswer::failure(ErrorCode::kUnavailable, "connection reset");
  });
  EXPECT_THAT(cluster.client().create("/api/v1/events", {}, Json::object(), {}),
              fails_with(ErrorCode::kUnavailable));
  EXPECT_EQ(cluster.transport.request_count(), 1u);
}

TEST(ApiClient, ASilentServerIsUnavailableAndNotCancelled) {
  FakeCluster cluster([](const SeenRequest&) {
    return FakeAnswer::failure(ErrorCode::kCancelled, "deadline passed");
  });
  EXPECT_THAT(cluster.client().create("/api/v1/events", {}, Json::object(), {}),
              fails_with(ErrorCode::kUnavailable, "did not answer within 65 seconds"));
}

TEST(ApiClient, StopsWhileItWaits) {
  std::stop_source source;
  FakeCluster cluster([&](const SeenRequest&) {
    source.request_stop();
    return FakeAnswer::json(503, "");
  });
  EXPECT_THAT(cluster.client().get("/api", {}, source.get_token()),
              fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(cluster.transport.request_count(), 1u);
}

class TokenFile : public testing::Test {
 protected:
  // A server that takes "Bearer new" alone.
  FakeCluster cluster_{[](const SeenRequest& request) {
    const bool known = request.headers.get("Authorization") == "Bearer new";
    return FakeAnswer::json(known ? 200 : 401, "{}\n");
  }};
  test::TempDirectory directory_;

  ClusterAccess access() {
    auto access = FakeCluster::access();
    access.bearer_token.clear();
    access.token_file = directory_.file("token");
    return access;
  }
};

TEST_F(TokenFile, IsReadAgainOnceWhenTheServerRefuses) {
  directory_.write("token", "old\n");
  const auto client = cluster_.client(access());
  EXPECT_THAT(client.get("/api", {}, {}), fails_with(ErrorCode::kUnauthenticated, "context test"));
  EXPECT_EQ(cluster_.transport.request_count(), 1u) << "the file held the refused token";
  directory_.write("token", "new\n");
  EXPECT_OK(client.get("/api", {}, {}));
  EXPECT_EQ(cluster_.transport.request_count(), 3u);
  EXPECT_OK(client.stream_lines("/api", {}, "", {{}, [](Json) -> Result<> { return {}; }}, {}));
}

TEST_F(TokenFile, IsReadAgainAfterAMinute) {
  directory_.write("token", "new");
  const auto client = cluster_.client(access());
  EXPECT_OK(client.get("/api", {}, {}));
  directory_.write("token", "newer");
  EXPECT_OK(client.get("/api", {}, {})) << "the token that was read is still in use";
  cluster_.clock.advance(std::chrono::seconds(61));
  EXPECT_THAT(client.get("/api", {}, {}), fails_with(ErrorCode::kUnauthenticated));
}

TEST_F(TokenFile, ThatVanishesLeavesTheLastToken) {
  directory_.write("token", "new");
  const auto client = cluster_.client(access());
  EXPECT_OK(client.get("/api", {}, {}));
  std::remove(directory_.file("token").c_str());
  cluster_.clock.advance(std::chrono::seconds(61));
  EXPECT_OK(client.get("/api", {}, {}));
}

TEST_F(TokenFile, WithBytesThatNoHeaderTakesIsRefused) {
  directory_.write("token", "a\r\nX-Evil: 1");
  EXPECT_THAT(cluster_.client(access()).get("/api", {}, {}),
              fails_with(ErrorCode::kInvalidInput, "no bearer token"));
  EXPECT_EQ(cluster_.transport.request_count(), 0u);
}

FakeAnswer stream_of(std::vector<std::string> pieces) {
  FakeAnswer answer;
  answer.stream = [pieces](ByteSink& body, std::stop_token) -> Result<> {
    for (const auto& piece : pieces) SEALIFT_TRY(body.write(piece));
    return {};
  };
  return answer;
}

TEST(StreamLines, GivesEachLineAsItComes) {
  FakeCluster cluster(
      [](const SeenRequest&) { return stream_of({R"({"n":1)", "}\n{\"n\":2}\n"}); });
  std::vector<std::string> lines;
  const ApiClient::LineCallbacks callbacks{[&] { lines.emplace_back("accepted"); },
                                           [&](Json line) -> Result<> {
                                             lines.push_back(dump_json(line));
                                             return {};
                                           }};
  ASSERT_OK(cluster.client().stream_lines("/api", {}, "application/json", callbacks, {}));
  EXPECT_EQ(lines, (std::vector<std::string>{"accepted", R"({"n":1})", R"({"n":2})"}));
}

TEST(StreamLines, AnEndWithinALineIsACut) {
  FakeCluster cluster([](const SeenRequest&) { return stream_of({"{}\n{\"n\""}); });
  const auto nothing = [](Json) -> Result<> { return {}; };
  EXPECT_THAT(cluster.client().stream_lines("/api", {}, "", {{}, nothing}, {}),
              fails_with(ErrorCode::kUnavailable, "middle of an event"));
}

TEST(StreamLines, ReturnsTheCallbacksErrorAndTheServersRefusal) {
  FakeCluster cluster([](const SeenRequest&) { return stream_of({"{}\n"}); });
  const auto refuse = [](Json) -> Result<> { return fail(ErrorCode::kConflict, "enough"); };
  EXPECT_THAT(cluster.client().stream_lines("/api", {}, "", {{}, refuse}, {}),
              fails_with(ErrorCode::kConflict, "enough"));

  FakeCluster refusing([](const SeenRequest&) {
    return FakeAnswer::json(403, R"({"kind":"Status","message":"no pods for you"})");
  });
  EXPECT_THAT(refusing.client().stream_lines("/api", {}, "", {{}, refuse}, {}),
              fails_with(ErrorCode::kForbidden, "no pods for you"));
}

TEST(StreamLines, BoundsALine) {
  FakeCluster cluster(
      [](const SeenRequest&) { return stream_of({std::string((8u << 20) + 1, ' ')}); });
  const auto nothing = [](Json) -> Result<> { return {}; };
  EXPECT_THAT(cluster.client().stream_lines("/api", {}, "", {{}, nothing}, {}),
              fails_with(ErrorCode::kInvalidInput, "8388608 bytes"));
}

}  // namespace
}  // namespace sealift::kube
