// The promises of HttpTransport that need no misbehaving network: the same cases on curl against a
// real server and on the fake transport.
#include "support/fake_transport.h"
#include "support/result_matchers.h"
#include "support/test_server.h"

#include <sealift/base/http.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

namespace sealift {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeTransport;
using test::SeenRequest;
using test::TestServer;

// A transport, a server that answers it, and what the server saw.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual HttpTransport& transport() = 0;
  virtual std::string url(std::string_view path) = 0;
  virtual std::vector<SeenRequest> requests() = 0;
};

class CurlWithServer : public Exchange {
 public:
  explicit CurlWithServer(FakeTransport::Handler handler)
      : server_(std::move(handler)), transport_(make_curl_transport("sealift-test/1")) {}
  HttpTransport& transport() override { return *transport_; }
  std::string url(std::string_view path) override { return server_.url(path); }
  std::vector<SeenRequest> requests() override { return server_.requests(); }

 private:
  TestServer server_;
  std::unique_ptr<HttpTransport> transport_;
};

class Fake : public Exchange {
 public:
  explicit Fake(FakeTransport::Handler handler) : transport_(std::move(handler)) {}
  HttpTransport& transport() override { return transport_; }
  std::string url(std::string_view path) override { return "http://host" + std::string(path); }
  std::vector<SeenRequest> requests() override { return transport_.requests(); }

 private:
  FakeTransport transport_;
};

struct Maker {
  const char* name;
  std::unique_ptr<Exchange> (*make)(FakeTransport::Handler);
};

void PrintTo(const Maker& maker, std::ostream* out) { *out << maker.name; }

class HttpTransportContract : public testing::TestWithParam<Maker> {
 protected:
  void serve(FakeTransport::Handler handler) { exchange_ = GetParam().make(std::move(handler)); }
  void serve(FakeAnswer answer) {
    serve([answer](const SeenRequest&) { return answer; });
  }

  HttpRequest request(std::string method, std::string_view path = "/thing") {
    HttpRequest result;
    result.method = std::move(method);
    result.url = exchange_->url(path);
    return result;
  }
  Result<HttpAnswer> send(const HttpRequest& request, std::stop_token stop = {}) {
    return send_for_bytes(exchange_->transport(), request, std::move(stop));
  }
  SeenRequest last() { return exchange_->requests().back(); }

  std::unique_ptr<Exchange> exchange_;
};

// Writes down what happens to it, and can refuse.
class RecordingSink : public HttpSink {
 public:
  Result<> begin(const HttpResponse& head) override {
    events.push_back("begin " + std::to_string(head.status) + " " +
                     std::to_string(head.body_bytes));
    threads.push_back(std::this_thread::get_id());
    if (refuse_head) return fail(ErrorCode::kConflict, "no such head wanted");
    return {};
  }
  Result<> write(std::string_view bytes) override {
    if (events.back() != "write") events.push_back("write");
    threads.push_back(std::this_thread::get_id());
    body += bytes;
    if (refuse_body) return fail(ErrorCode::kConflict, "no such body wanted");
    return {};
  }

  bool refuse_head = false;
  bool refuse_body = false;
  std::vector<std::string> events;
  std::vector<std::thread::id> threads;
  std::string body;
};

TEST_P(HttpTransportContract, CarriesMethodHeadersAndBody) {
  serve([](const SeenRequest& seen) {
    FakeAnswer answer;
    answer.status = 201;
    answer.body = seen.body;
    return std::move(answer).with_header("X-Seen", seen.method);
  });
  for (const std::string method : {"PUT", "POST", "PATCH", "DELETE"}) {
    auto put = request(method, "/thing?query=1");
    put.headers.add("Content-Type", "text/x-test");
    put.body = Blob::from_string("the body");
    ASSERT_OK_ASSIGN(const auto answer, send(put));
    EXPECT_EQ(answer.head.status, 201);
    EXPECT_EQ(answer.head.headers.get("x-seen"), method);
    EXPECT_EQ(answer.body, "the body");
    EXPECT_EQ(answer.head.body_bytes, 8u);
    EXPECT_EQ(last().headers.get("content-type"), "text/x-test");
    EXPECT_TRUE(last().url.ends_with("/thing?query=1")) << last().url;
  }
}

TEST_P(HttpTransportContract, AnyStatusIsASuccess) {
  for (const int status : {200, 304, 401, 404, 500, 503}) {
    FakeAnswer configured;
    configured.status = status;
    configured.body = status == 304 ? "" : "text";
    serve(configured);
    ASSERT_OK_ASSIGN(const auto answer, send(request("GET")));
    EXPECT_EQ(answer.head.status, status);
    EXPECT_EQ(answer.body, configured.body);
  }
}

TEST_P(HttpTransportContract, FollowsNoRedirect) {
  FakeAnswer redirect;
  redirect.status = 307;
  serve(std::move(redirect).with_header("Location", "/elsewhere"));
  ASSERT_OK_ASSIGN(const auto answer, send(request("GET")));
  EXPECT_EQ(answer.head.status, 307);
  EXPECT_EQ(exchange_->requests().size(), 1u);
}

TEST_P(HttpTransportContract, SinkGetsTheHeadOnceAndFirstOnTheCallingThread) {
  FakeAnswer large;
  large.body = std::string(3'000'000, 'x');
  serve(large);
  RecordingSink sink;
  ASSERT_OK_ASSIGN(const auto head, exchange_->transport().send(request("GET"), sink, {}));
  EXPECT_EQ(sink.events, (std::vector<std::string>{"begin 200 0", "write"}));
  EXPECT_EQ(head.body_bytes, large.body.size());
  EXPECT_EQ(sink.body, large.body);
  for (const auto id : sink.threads) EXPECT_EQ(id, std::this_thread::get_id());
}

TEST_P(HttpTransportContract, HeadHasNoBody) {
  FakeAnswer large;
  large.body = std::string(100'000, 'x');
  serve(large);
  auto head = request("HEAD");
  head.max_body_bytes = 10;  // the length of a body that does not come is no reason to refuse
  RecordingSink sink;
  ASSERT_OK_ASSIGN(const auto response, exchange_->transport().send(head, sink, {}));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(sink.events, (std::vector<std::string>{"begin 200 0"}));
}

TEST_P(HttpTransportContract, SinkErrorIsReturnedUnchanged) {
  FakeAnswer answer;
  answer.body = "text";
  serve(answer);
  for (const bool in_head : {true, false}) {
    RecordingSink sink;
    sink.refuse_head = in_head;
    sink.refuse_body = !in_head;
    const auto result = exchange_->transport().send(request("GET"), sink, {});
    ASSERT_THAT(result, fails_with(ErrorCode::kConflict));
    EXPECT_EQ(result.error().message(), in_head ? "no such head wanted" : "no such body wanted");
  }
}

TEST_P(HttpTransportContract, BodyLimitHoldsExactly) {
  FakeAnswer answer;
  answer.body = std::string(70'000, 'x');
  FakeAnswer streamed;  // no length in advance
  streamed.stream = [](ByteSink& body, std::stop_token) -> Result<> {
    for (int i = 0; i < 7; ++i) SEALIFT_TRY(body.write(std::string(10'000, 'x')));
    return {};
  };
  for (const auto& each : {answer, streamed}) {
    serve(each);
    auto get = request("GET");
    get.max_body_bytes = 70'000;
    EXPECT_OK(send(get));
    get.max_body_bytes = 69'999;
    EXPECT_THAT(send(get), fails_with(ErrorCode::kInvalidInput, "limit of 69999 bytes"));
  }
}

TEST_P(HttpTransportContract, BodyIsOpenedAnewForEachSend) {
  serve(FakeAnswer());
  auto put = request("PUT");
  put.body = Blob::from_string(std::string(500'000, 'u'));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(send(put));
    EXPECT_EQ(last().body.size(), 500'000u);
  }
}

TEST_P(HttpTransportContract, ErrorOfTheBodySourceIsReturned) {
  class Broken : public ByteSource {
    Result<std::size_t> read(char*, std::size_t) override {
      return fail(ErrorCode::kIo, "the disk is broken");
    }
  };
  serve(FakeAnswer());
  auto put = request("PUT");
  put.body =
      Blob{10, []() -> Result<std::unique_ptr<ByteSource>> { return std::make_unique<Broken>(); }};
  EXPECT_THAT(send(put), fails_with(ErrorCode::kIo, "the disk is broken"));
  put.body->open = []() -> Result<std::unique_ptr<ByteSource>> {
    return fail(ErrorCode::kNotFound, "no such file");
  };
  EXPECT_THAT(send(put), fails_with(ErrorCode::kNotFound, "no such file"));
}

// What a caller lends to a request is back when send() returns: its source may hold a reference to
// something that ends right afterwards. Many times, because it could be back by chance.
TEST_P(HttpTransportContract, BodySourceIsGoneWhenSendReturns) {
  class Lent : public ByteSource {
   public:
    explicit Lent(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Lent() override {
      if (std::this_thread::get_id() == caller_) --alive_;
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override {
      if (pieces_++ == 1) return fail(ErrorCode::kIo, "the disk is broken");
      std::fill_n(buffer, size, 'x');
      return size;
    }

   private:
    std::atomic<int>& alive_;
    std::thread::id caller_ = std::this_thread::get_id();
    int pieces_ = 0;
  };
  serve(FakeAnswer());
  auto put = request("PUT");
  std::atomic<int> alive = 0;
  put.body = Blob{10u << 20, [&]() -> Result<std::unique_ptr<ByteSource>> {
                    return std::make_unique<Lent>(alive);
                  }};
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(send(put), fails_with(ErrorCode::kIo, "the disk is broken"));
    ASSERT_EQ(alive, 0);
  }
}

TEST_P(HttpTransportContract, BodyThatEndsEarlyIsAnError) {
  serve(FakeAnswer());
  auto put = request("PUT");
  put.body = Blob::from_string("short");
  put.body->size = 100;
  EXPECT_THAT(send(put), fails_with(ErrorCode::kIo, "ended after 5 of 100 bytes"));
}

TEST_P(HttpTransportContract, PostWithoutBodySaysThatItIsEmpty) {
  serve(FakeAnswer());
  ASSERT_OK(send(request("POST")));
  EXPECT_EQ(last().body, "");
}

TEST_P(HttpTransportContract, RefusesMalformedRequests) {
  serve(FakeAnswer());
  auto bad = request("GET");
  bad.headers.add("X-Injected", "a\r\nHost: other");
  EXPECT_THAT(send(bad), fails_with(ErrorCode::kInvalidInput, "X-Injected"));
  EXPECT_THAT(send(request("GE T")), fails_with(ErrorCode::kInvalidInput, "method"));
  for (const char* url : {"ftp://host/", "host/path", "http://user:secret@host/", "http://ho st/",
                          "file:///etc/passwd", "http://host/a\r\nb"}) {
    auto get = request("GET");
    get.url = url;
    const auto result = send(get);
    EXPECT_THAT(result, fails_with(ErrorCode::kInvalidInput)) << url;
    if (!result) {
      EXPECT_THAT(result.error().message(), testing::Not(testing::HasSubstr("secret")));
    }
  }
  EXPECT_TRUE(exchange_->requests().empty());
}

TEST_P(HttpTransportContract, StoppedBeforehandSendsNothing) {
  serve(FakeAnswer());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(send(request("GET"), stop.get_token()), fails_with(ErrorCode::kCancelled));
  EXPECT_TRUE(exchange_->requests().empty());
}

TEST_P(HttpTransportContract, StopEndsAStreamInTheMiddle) {
  FakeAnswer endless;
  endless.stream = [](ByteSink& body, std::stop_token) -> Result<> {
    while (true) SEALIFT_TRY(body.write("event\n"));
  };
  serve(endless);
  class StoppingSink : public HttpSink {
   public:
    Result<> begin(const HttpResponse&) override { return {}; }
    Result<> write(std::string_view) override {
      stop.request_stop();
      return {};
    }
    std::stop_source stop;
  } sink;
  auto watch = request("GET");
  watch.max_body_bytes = UINT64_MAX;
  watch.deadline = {};
  EXPECT_THAT(exchange_->transport().send(watch, sink, sink.stop.get_token()),
              fails_with(ErrorCode::kCancelled));
}

TEST_P(HttpTransportContract, ServesManyThreads) {
  serve([](const SeenRequest& seen) {
    FakeAnswer answer;
    answer.body = seen.body;
    return answer;
  });
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        auto put = request("PUT");
        const std::string body(static_cast<std::size_t>(thread * 1'000 + i), 'b');
        put.body = Blob::from_string(body);
        const auto answer = send(put);
        if (answer && answer->body == body) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

INSTANTIATE_TEST_SUITE_P(
    Transports, HttpTransportContract,
    testing::Values(Maker{"Curl",
                          [](FakeTransport::Handler handler) -> std::unique_ptr<Exchange> {
                            return std::make_unique<CurlWithServer>(std::move(handler));
                          }},
                    Maker{"Fake",
                          [](FakeTransport::Handler handler) -> std::unique_ptr<Exchange> {
                            return std::make_unique<Fake>(std::move(handler));
                          }}),
    [](const auto& maker) { return std::string(maker.param.name); });

}  // namespace
}  // namespace sealift
