#include <sealift/endpoints/http_server.h>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <thread>

#include "support/manual_clock.h"
#include "support/result_matchers.h"

namespace sealift::endpoints {
namespace {

using sealift::test::fails_with;
using sealift::test::ManualClock;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Long enough for a slow machine; what ends a wait is always an event.
constexpr int kPatienceMs = 60'000;

// A client that does what no proper client would.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_connected() const { return connected_; }
  // False where the server has closed the connection.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void end_sending() const { ::shutdown(socket_, SHUT_WR); }

  // Reads up to and with `mark`, or to the end of the connection.
  std::string read_to(std::string_view mark) {
    while (true) {
      const auto found = mark.empty() ? std::string::npos : buffer_.find(mark);
      if (found != std::string::npos) {
        const auto text = buffer_.substr(0, found + mark.size());
        buffer_.erase(0, found + mark.size());
        return text;
      }
      pollfd waiting{socket_, POLLIN, 0};
      std::array<char, 4096> piece;
      if (::poll(&waiting, 1, kPatienceMs) != 1) return "nothing came";
      const ssize_t count = ::recv(socket_, piece.data(), piece.size(), 0);
      if (count <= 0) return std::exchange(buffer_, "");
      buffer_.append(piece.data(), static_cast<std::size_t>(count));
    }
  }
  std::string read_to_end() { return read_to(""); }

 private:
  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

Response echo(const Request& request) {
  Response response;
  response.body = request.method + " " + request.path + "?" + request.query + " " + request.peer +
                  " " + std::to_string(request.body.size()) + "\n";
  if (request.path == "/big") response.body = std::string(16u << 20, 'b');
  return response;
}

class EndpointServer : public testing::Test {
 protected:
  void start(const ServerLimits& limits = {}, Clock& clock = system_clock()) {
    auto started = HttpServer::start("127.0.0.1:0", echo, limits, clock, Logger::silent());
    ASSERT_OK(started);
    server_ = *std::move(started);
  }

  int port() const { return server_->port(); }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }

  // What everybody else gets meanwhile.
  void expect_service() const {
    RawClient client(port());
    ASSERT_TRUE(client.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    EXPECT_THAT(client.read_to_end(), EndsWith("\r\n\r\nGET /healthz? 127.0.0.1 0\n"));
  }

  ManualClock clock_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(EndpointServer, AnswersARealClient) {
  start({.max_buffered_bytes = 64u << 20});
  const auto transport = make_curl_transport("test");
  HttpRequest request;
  request.url = url("/path?query");
  ASSERT_OK_ASSIGN(auto answer, send_for_bytes(*transport, request, {}));
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_EQ(answer.head.headers.get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(answer.head.headers.get("Date").has_value());
  EXPECT_EQ(answer.body, "GET /path?query 127.0.0.1 0\n");

  request.method = "HEAD";
  ASSERT_OK_ASSIGN(answer, send_for_bytes(*transport, request, {}));
  EXPECT_EQ(answer.head.headers.get("Content-Length"), "29");
  EXPECT_EQ(answer.body, "");

  // Beyond what curl sends without asking for "100 Continue".
  request.method = "POST";
  request.body = Blob::from_string(std::string(1u << 20, 'x'));
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_ASSIGN(answer, send_for_bytes(*transport, request, {}));
    EXPECT_EQ(answer.body, "POST /path?query 127.0.0.1 1048576\n");
  }
  request.headers.set("Content-Type", "application/json");
  request.body = Blob::from_string(std::string((1u << 20) + 1, 'x'));
  ASSERT_OK_ASSIGN(answer, send_for_bytes(*transport, request, {}));
  EXPECT_EQ(answer.head.status, 413);
  request.url = url("/big");
  request.body.reset();
  request.method = "GET";
  request.max_body_bytes = 32u << 20;
  ASSERT_OK_ASSIGN(answer, send_for_bytes(*transport, request, {}));
  EXPECT_EQ(answer.body, std::string(16u << 20, 'b'));
}

TEST_F(EndpointServer, AnswersPipelinedRequestsInOrder) {
  start();
  RawClient client(port());
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests +=
        "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  }
  // In pieces that end anywhere.
  std::thread sender([&] {
    for (std::size_t at = 0; at < requests.size(); at += 97) {
      static_cast<void>(client.send(std::string_view(requests).substr(at, 97)));
    }
  });
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(client.read_to(" 3\n"), EndsWith("POST /" + std::to_string(i) + "? 127.0.0.1 3\n"));
  }
  sender.join();
}

TEST_F(EndpointServer, RefusesWithAnAnswerThatArrives) {
  start();
  // The body that nobody wants is already under way.
  RawClient client(port());
  static_cast<void>(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n"));
  static_cast<void>(client.send(std::string(200'000, 'x')));
  client.end_sending();
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
  for (const auto& [text, status] : std::vector<std::pair<std::string, std::string>>{
           {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n", "431"},
           {"\x16\x03\x01\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n", "501"}}) {
    RawClient other(port());
    ASSERT_TRUE(other.send(text));
    const auto answer = other.read_to_end();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  }
  expect_service();
}

TEST_F(EndpointServer, EndsRequestsThatComeTooSlowly) {
  start({}, clock_);
  RawClient silent(port());
  RawClient half(port());
  ASSERT_TRUE(half.send("GET / HT"));
  RawClient body(port());
  ASSERT_TRUE(body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
  expect_service();
  // One byte now and then does not put the end off.
  for (int second = 0; second < 9; ++second) {
    clock_.advance(std::chrono::seconds(1));
    ASSERT_TRUE(body.send(second < 6 ? "x" : ""));
    expect_service();
  }
  clock_.advance(std::chrono::seconds(2));
  expect_service();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(half.read_to_end(), "");
  EXPECT_EQ(body.read_to_end(), "");
  expect_service();
}

TEST_F(EndpointServer, EndsConnectionsThatStayIdle) {
  start({.idle_timeout = std::chrono::milliseconds(100)});
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(client.read_to(" 0\n"), HasSubstr("Connection: keep-alive"));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(EndpointServer, EndsClientsThatDoNotRead) {
  start({.max_buffered_bytes = 64u << 20}, clock_);
  RawClient client(port());
  ASSERT_TRUE(client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(client.read_to("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  clock_.advance(std::chrono::seconds(11));
  expect_service();
  // What the kernel had taken arrives, the rest does not.
  EXPECT_LT(client.read_to_end().size(), std::size_t{16u << 20});
}

TEST_F(EndpointServer, ServesWhileOthersHoldEveryConnection) {
  start({.max_connections = 8});
  std::list<RawClient> holders;
  for (int i = 0; i < 100; ++i) {
    auto& holder = holders.emplace_back(port());
    ASSERT_TRUE(holder.is_connected());
    static_cast<void>(holder.send("GET / HTTP/1.1\r\nHos"));
    if (i % 10 == 0) expect_service();
  }
  expect_service();
  // Those who waited longest have lost their place.
  EXPECT_EQ(holders.front().read_to_end(), "");
}

TEST_F(EndpointServer, BoundsWhatAllRequestsTogetherKeep) {
  start({.max_connections = 64, .max_buffered_bytes = 1u << 20});
  std::list<RawClient> holders;
  const std::string part(500'000, 'x');
  for (int i = 0; i < 10; ++i) {
    auto& holder = holders.emplace_back(port());
    static_cast<void>(holder.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n"));
    static_cast<void>(holder.send(part));
    expect_service();
  }
  EXPECT_EQ(holders.front().read_to_end(), "");
}

TEST_F(EndpointServer, ServesManyAtOnce) {
  start();
  const auto transport = make_curl_transport("test");
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) {
          HttpRequest request;
          request.url = url("/" + std::to_string(t));
          const auto answer = send_for_bytes(*transport, request, {});
          if (answer && answer->body == "GET /" + std::to_string(t) + "? 127.0.0.1 0\n") ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 400);
}

TEST_F(EndpointServer, StopsWithOpenConnections) {
  start();
  RawClient idle(port());
  RawClient half(port());
  ASSERT_TRUE(half.send("GET /"));
  expect_service();
  server_.reset();
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(half.read_to_end(), "");
}

TEST_F(EndpointServer, ListensOnBothFamilies) {
  auto started = HttpServer::start(":0", echo, {}, system_clock(), Logger::silent());
  ASSERT_OK(started);
  server_ = *std::move(started);
  expect_service();
}

TEST_F(EndpointServer, SaysWhyItCannotListen) {
  start();
  const auto listen = [](const std::string& address) {
    return HttpServer::start(address, echo, {}, system_clock(), Logger::silent());
  };
  EXPECT_THAT(listen("127.0.0.1:" + std::to_string(port())),
              fails_with(ErrorCode::kConflict, "cannot listen on 127.0.0.1"));
  for (const auto* address : {"", "8080", "127.0.0.1", "::1:8080", "localhost:8080", ":65536", ":",
                              ":80a", "127.0.0.1:-1"}) {
    EXPECT_THAT(listen(address), fails_with(ErrorCode::kInvalidInput, "to listen on")) << address;
  }
  EXPECT_THAT(listen("192.0.2.1:0"), fails_with(ErrorCode::kIo, "cannot listen on 192.0.2.1:0"));
}

}  // namespace
}  // namespace sealift::endpoints
