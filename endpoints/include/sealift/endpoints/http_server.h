#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/endpoints/message.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace sealift::endpoints {

// What strangers may cost. Where a limit on all connections is reached, the one that has kept the
// server waiting longest is closed: whoever holds connections open takes no place from a request
// that arrives whole.
struct ServerLimits {
  std::size_t max_connections = 128;
  std::size_t max_buffered_bytes = 8u << 20;  // requests and answers of all connections
  std::size_t max_head_bytes = 16u << 10;     // request line and header fields
  std::size_t max_fields = 64;
  std::size_t max_body_bytes = 1u << 20;
  // From the first byte of a request to its last, and for a new connection.
  std::chrono::milliseconds request_timeout{10'000};
  // In which the client must have taken the whole answer.
  std::chrono::milliseconds response_timeout{10'000};
  // Between two requests on one connection.
  std::chrono::milliseconds idle_timeout{60'000};
};

// A small HTTP/1.1 server (RFC 9112) for probes, metrics and webhooks: one thread, plain text
// behind whatever terminates TLS. Requests of one connection are answered in order.
class HttpServer {
 public:
  // `listen` is "ADDRESS:PORT" with a numeric address: "127.0.0.1:8080", "[::1]:8080", or ":8080"
  // for all addresses; port 0 takes a free one. kInvalidInput for another form, kConflict where the
  // port is taken, otherwise kIo. `clock` must outlive the server.
  static Result<std::unique_ptr<HttpServer>> start(std::string_view listen, RequestHandler handler,
                                                   const ServerLimits& limits, Clock& clock,
                                                   Logger log);
  // Closes all connections; an answer under way is cut.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;

 private:
  class Loop;
  explicit HttpServer(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace sealift::endpoints
