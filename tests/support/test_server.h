#pragma once

#include "support/fake_transport.h"
#include "support/test_certificate.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A small real HTTP/1.1 server on a free port of 127.0.0.1. It takes the same handler as
// FakeTransport; `stream` is sent chunked, `error` closes the connection without an answer. The
// handler runs on the server's threads. Connections are served until the client closes them, so
// let the client go first.
class TestServer {
 public:
  struct Tls {
    TestCertificate certificate;
    // When not empty: clients must show a certificate of this CA.
    std::string client_ca_pem;
  };

  explicit TestServer(FakeTransport::Handler handler, std::optional<Tls> tls = std::nullopt);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const;
  // "http://127.0.0.1:PORT" (https with TLS) and the path.
  std::string url(std::string_view path = "/") const;
  // "127.0.0.1:PORT".
  std::string host() const;

  // With the path and query as url.
  std::vector<SeenRequest> requests() const;
  std::size_t request_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::test
