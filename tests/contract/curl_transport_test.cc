// What only a real network can do to a transport: silence, broken connections, lies.
#include "curl_transport_case.h"
#include "support/environment_variables.h"
#include "support/raw_server.h"
#include "support/result_matchers.h"
#include "support/test_server.h"

#include <sealift/base/http.h>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>

namespace sealift {
namespace {

using std::chrono::milliseconds;
using test::fails_with;
using test::FakeAnswer;
using test::get;
using test::RawConnection;
using test::RawServer;
using test::SeenRequest;
using test::TestServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CurlTransport : public test::CurlTransportCase {};

TEST_F(CurlTransport, SendsNothingThatTheCallerDidNotSay) {
  std::string head;
  RawServer server([&](RawConnection& connection) {
    head = connection.read_head();
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  auto request = get(server.url("/a/../b?q=1"));
  request.headers.add("X-Empty", "");
  ASSERT_OK(send(request));
  EXPECT_EQ(head, "GET /a/../b?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nUser-Agent: sealift-test/1\r\nX-Empty:\r\n\r\n");
}

TEST_F(CurlTransport, LargeUploadIsNotHeldBackForAContinue) {
  std::string head;
  std::string body;
  RawServer server([&](RawConnection& connection) {
    head = connection.read_head();
    body = connection.read(3'000'000);
    connection.write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  });
  auto request = get(server.url());
  request.method = "PUT";
  request.body = Blob::from_string(std::string(3'000'000, 'u'));
  ASSERT_OK(send(request));
  EXPECT_EQ(body.size(), 3'000'000u);
  EXPECT_THAT(head, AllOf(HasSubstr("PUT / "), HasSubstr("Content-Length: 3000000\r\n"),
                          Not(HasSubstr("Expect")), Not(HasSubstr("Content-Type"))));
}

TEST_F(CurlTransport, EmptyPostHasALength) {
  std::string head;
  RawServer server([&](RawConnection& connection) {
    head = connection.read_head();
    connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
  });
  auto request = get(server.url());
  request.method = "POST";
  ASSERT_OK(send(request));
  EXPECT_THAT(head, HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(CurlTransport, InterimAnswersAndTrailersAreNotTheAnswer) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write(
        "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Final:  2 \r\n\r\n"
        "3\r\nabc\r\n0\r\nX-Trailer: 3\r\n\r\n");
  });
  ASSERT_OK_ASSIGN(const auto answer, send(get(server.url())));
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_EQ(answer.body, "abc");
  EXPECT_EQ(answer.head.headers.get("X-Final"), "2");
  EXPECT_EQ(answer.head.headers.get("X-Early"), std::nullopt);
  EXPECT_EQ(answer.head.headers.get("X-Trailer"), std::nullopt);
}

TEST_F(CurlTransport, CompressedBodyStaysAsItIs) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08z");
  });
  ASSERT_OK_ASSIGN(const auto answer, send(get(server.url())));
  EXPECT_EQ(answer.body, "\x1f\x8b\x08z");
}

struct Misbehaviour {
  const char* name;
  std::string bytes;  // written after the request's head; then the connection closes
  ErrorCode code;
  const char* message;
};

class CurlTransportMisbehaviour : public CurlTransport,
                                  public testing::WithParamInterface<Misbehaviour> {};

TEST_P(CurlTransportMisbehaviour, IsAnErrorThatSaysWhat) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write(GetParam().bytes);
  });
  const auto result = send(get(server.url("/path?token=secret")));
  ASSERT_THAT(result, fails_with(GetParam().code, GetParam().message));
  EXPECT_THAT(result.error().message(),
              AllOf(HasSubstr("GET " + server.url("/path") + ": "), Not(HasSubstr("secret"))));
}

void PrintTo(const Misbehaviour& misbehaviour, std::ostream* out) { *out << misbehaviour.name; }

INSTANTIATE_TEST_SUITE_P(
    Servers, CurlTransportMisbehaviour,
    testing::Values(
        Misbehaviour{"ClosesWithoutAnAnswer", "", ErrorCode::kUnavailable, "broke before"},
        Misbehaviour{"ClosesInTheHead", "HTTP/1.1 200 OK\r\nX: ", ErrorCode::kUnavailable, "broke"},
        Misbehaviour{"ClosesInTheBody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                     ErrorCode::kUnavailable, "in the middle of the answer"},
        Misbehaviour{"ClosesInAChunk",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                     ErrorCode::kUnavailable, "in the middle of the answer"},
        Misbehaviour{"SpeaksSomethingElse", "SSH-2.0-OpenSSH_9.2\r\n", ErrorCode::kInvalidInput,
                     "no valid HTTP"},
        Misbehaviour{"SendsAHugeHeader",
                     "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
                     ErrorCode::kInvalidInput, "limit of 65536 bytes"},
        Misbehaviour{"SendsManyHeaders",
                     [] {
                       std::string head = "HTTP/1.1 200 OK\r\n";
                       for (int i = 0; i < 10'000; ++i) head += "X-Header: 1\r\n";
                       return head + "\r\n";
                     }(),
                     ErrorCode::kInvalidInput, "limit of 65536 bytes"},
        Misbehaviour{"SendsAnEndlessHeaderLine",
                     "HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'x'),
                     ErrorCode::kInvalidInput, "header"}),
    [](const auto& misbehaviour) { return std::string(misbehaviour.param.name); });

TEST_F(CurlTransport, NobodyListens) {
  std::string url;
  {
    const RawServer gone([](RawConnection&) {});
    url = gone.url("/v2/");
  }
  const auto result = send(get(url));
  EXPECT_THAT(result, fails_with(ErrorCode::kUnavailable, "cannot connect to 127.0.0.1:"));
  EXPECT_THAT(result, fails_with(ErrorCode::kUnavailable, "Connection refused"));
}

TEST_F(CurlTransport, SilenceIsABrokenConnection) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    connection.wait_for_close();
  });
  auto request = get(server.url());
  request.idle_timeout = milliseconds(50);
  request.deadline = milliseconds(0);
  EXPECT_THAT(send(request), fails_with(ErrorCode::kUnavailable, "no byte"));
}

TEST_F(CurlTransport, DeadlineEndsAnAnswerThatKeepsComing) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    connection.wait_for_close();
  });
  auto request = get(server.url());
  request.idle_timeout = milliseconds(0);
  request.deadline = milliseconds(50);
  EXPECT_THAT(send(request), fails_with(ErrorCode::kCancelled, "deadline of 50ms"));
}

TEST_F(CurlTransport, StopEndsAWaitForASilentServer) {
  std::latch asked(1);
  RawServer server([&](RawConnection& connection) {
    connection.read_head();
    asked.count_down();
    connection.wait_for_close();
  });
  auto request = get(server.url());
  request.deadline = request.idle_timeout = milliseconds(0);
  std::stop_source stop;
  auto result = std::async(std::launch::async, [&] { return send(request, stop.get_token()); });
  asked.wait();
  stop.request_stop();
  EXPECT_THAT(result.get(), fails_with(ErrorCode::kCancelled));
}

TEST_F(CurlTransport, DestructionCancelsWhatIsUnderWay) {
  std::latch asked(1);
  RawServer server([&](RawConnection& connection) {
    connection.read_head();
    asked.count_down();
    connection.wait_for_close();
  });
  auto request = get(server.url());
  request.deadline = request.idle_timeout = milliseconds(0);
  HttpTransport& transport = *transport_;
  auto result =
      std::async(std::launch::async, [&] { return send_for_bytes(transport, request, {}); });
  asked.wait();
  transport_.reset();
  EXPECT_THAT(result.get(), fails_with(ErrorCode::kCancelled, "ending"));
}

TEST_F(CurlTransport, SlowSinkHoldsTheServerBack) {
  constexpr std::uint64_t kSize = 64u << 20;
  std::atomic<std::uint64_t> written = 0;
  RawServer server([&](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    const std::string piece(1u << 16, 'x');
    for (; written < kSize; written += piece.size()) connection.write(piece);
  });
  // Stays in its first write until another request has come and gone.
  class SlowSink : public HttpSink {
   public:
    Result<> begin(const HttpResponse&) override { return {}; }
    Result<> write(std::string_view bytes) override {
      if (first_) proceed.get_future().wait();
      first_ = false;
      size += bytes.size();
      return {};
    }
    std::promise<void> proceed;
    std::uint64_t size = 0;

   private:
    bool first_ = true;
  } sink;
  auto request = get(server.url());
  request.max_body_bytes = kSize;
  // The slow sink's own time does not count as silence.
  request.idle_timeout = milliseconds(100);
  auto slow = std::async(std::launch::async, [&] { return transport_->send(request, sink, {}); });
  TestServer other([](const SeenRequest&) { return FakeAnswer(); });
  const auto end = std::chrono::steady_clock::now() + 3 * request.idle_timeout;
  while (std::chrono::steady_clock::now() < end) ASSERT_OK(send(get(other.url())));
  // What curl, the kernel's buffers and our own limit can hold is far less than all of it.
  EXPECT_LT(written, kSize / 2);
  sink.proceed.set_value();
  ASSERT_OK_ASSIGN(const auto head, slow.get());
  EXPECT_EQ(head.body_bytes, kSize);
  EXPECT_EQ(sink.size, kSize);
  transport_.reset();
}

TEST_F(CurlTransport, SlowSourceHoldsUpNobodyElse) {
  TestServer server([](const SeenRequest& seen) {
    FakeAnswer answer;
    answer.body = std::to_string(seen.body.size());
    return answer;
  });
  class SlowSource : public ByteSource {
   public:
    explicit SlowSource(std::shared_future<void> proceed) : proceed_(std::move(proceed)) {}
    Result<std::size_t> read(char* buffer, std::size_t size) override {
      if (calls_++ == 1) proceed_.wait();
      std::fill_n(buffer, size, 'x');
      return size;
    }

   private:
    std::shared_future<void> proceed_;
    int calls_ = 0;
  };
  std::promise<void> proceed;
  const std::shared_future<void> go = proceed.get_future().share();
  auto upload = get(server.url());
  upload.method = "PUT";
  upload.body = Blob{2'000'000, [&]() -> Result<std::unique_ptr<ByteSource>> {
                       return std::make_unique<SlowSource>(go);
                     }};
  auto slow = std::async(std::launch::async, [&] { return send(upload); });
  for (int i = 0; i < 5; ++i) EXPECT_OK(send(get(server.url())));
  proceed.set_value();
  ASSERT_OK_ASSIGN(const auto answer, slow.get());
  EXPECT_EQ(answer.body, "2000000");
  transport_.reset();
}

TEST_F(CurlTransport, DirectRequestPassesByTheProxyOfTheEnvironment) {
  RawServer proxy([](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nthe proxy's");
  });
  TestServer server([](const SeenRequest&) { return FakeAnswer::json(200, "the server's own"); });
  test::EnvironmentVariables environment;
  environment.set("http_proxy", proxy.url());
  environment.set("NO_PROXY", std::nullopt);
  environment.set("no_proxy", std::nullopt);
  auto request = get(server.url());
  ASSERT_OK_ASSIGN(const auto by_proxy, send(request));
  EXPECT_EQ(by_proxy.body, "the proxy's");
  HttpServerSettings settings;
  settings.direct = true;
  request.server = std::make_shared<const HttpServerSettings>(settings);
  ASSERT_OK_ASSIGN(const auto direct, send(request));
  EXPECT_EQ(direct.body, "the server's own");
  EXPECT_EQ(proxy.connection_count(), 1);
  transport_.reset();
}

TEST_F(CurlTransport, KeepsItsConnections) {
  RawServer server([](RawConnection& connection) {
    while (!connection.read_head().empty()) {
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  for (int i = 0; i < 5; ++i) ASSERT_OK(send(get(server.url())));
  EXPECT_EQ(server.connection_count(), 1);
  transport_.reset();
}

TEST_F(CurlTransport, RequestWithABodyIsNeverSentTwice) {
  std::atomic<int> bodies = 0;
  RawServer server([&](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    connection.read_head();
    bodies += connection.read(1'000).size() == 1'000 ? 1 : 0;
    // Hangs up without an answer on a connection that was used before.
  });
  ASSERT_OK(send(get(server.url())));
  auto post = get(server.url());
  post.method = "POST";
  post.body = Blob::from_string(std::string(1'000, 'u'));
  EXPECT_THAT(send(post), fails_with(ErrorCode::kUnavailable, "broke"));
  EXPECT_EQ(bodies, 1);
}

TEST_F(CurlTransport, ManyWatchesDoNotStarveARequest) {
  std::latch watching(30);
  RawServer server([&](RawConnection& connection) {
    const std::string head = connection.read_head();
    if (head.starts_with("GET /watch ")) {
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      watching.count_down();
      connection.wait_for_close();
      return;
    }
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  std::stop_source stop;
  std::vector<std::future<Result<HttpAnswer>>> watches;
  for (int i = 0; i < 30; ++i) {
    watches.push_back(std::async(std::launch::async, [&] {
      auto watch = get(server.url("/watch"));
      watch.deadline = watch.idle_timeout = milliseconds(0);
      return send(watch, stop.get_token());
    }));
  }
  watching.wait();
  ASSERT_OK_ASSIGN(const auto answer, send(get(server.url("/list"))));
  EXPECT_EQ(answer.body, "ok");
  stop.request_stop();
  for (auto& watch : watches) EXPECT_THAT(watch.get(), fails_with(ErrorCode::kCancelled));
}

}  // namespace
}  // namespace sealift
