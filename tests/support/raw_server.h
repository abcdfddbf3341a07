#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sealift::test {

// One accepted connection. All calls end early when the server is destroyed.
class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}

  // Reads up to the empty line that ends a request's head; empty when the client is gone.
  std::string read_head();
  std::string read(std::size_t size);
  void write(std::string_view bytes);
  // Returns when the client closes its side.
  void wait_for_close();

 private:
  int socket_;
  std::string buffer_;
};

// A server that does what no proper server would: a script writes bytes by hand. The connection is
// closed when the script returns.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawServer(Script script);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  int connection_count() const { return connections_; }

 private:
  void accept_connections();
  void serve(int socket);

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sealift::test
