#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sealift::test {

// Free ports of 127.0.0.1 behind which another server of 127.0.0.1 seems to listen: bytes pass as
// they are, TLS as well. With `wants_connect` it is an HTTP proxy instead, and the client names the
// server by CONNECT (RFC 9110, section 9.3.6).
class TcpTunnel {
 public:
  // `ports` of them lead to `server_port`.
  TcpTunnel(int server_port, std::size_t ports);
  // A proxy that lets clients through that show `login` ("user:password"; empty: everybody).
  struct Proxy {
    std::string login;
  };
  explicit TcpTunnel(Proxy proxy);
  ~TcpTunnel();
  TcpTunnel(const TcpTunnel&) = delete;
  TcpTunnel& operator=(const TcpTunnel&) = delete;

  int port(std::size_t index = 0) const { return listeners_[index].port; }
  // From now on nothing passes in either direction, and nobody is told: connections stay open, and
  // new ones are accepted.
  void hold();
  void release();
  // Of the proxy: "host:port" of each CONNECT that was let through.
  std::vector<std::string> targets() const;
  // Of the proxy: how many were turned away for want of a login.
  int refusals() const { return refusals_; }

 private:
  struct Listener {
    int socket = -1;
    int port = 0;
  };

  void listen_on(std::size_t ports);
  void accept_connections();
  void serve(int client);
  // The connected server, or -1.
  int connect_by_proxy(int client);
  void relay(int client, int server);
  // One piece; false where a side is gone.
  bool pass(int from, int to);

  int server_port_ = 0;
  bool is_proxy_ = false;
  std::string login_;
  std::vector<Listener> listeners_;
  std::atomic<int> refusals_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
  bool stopping_ = false;
  std::vector<int> open_;
  std::vector<std::string> targets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sealift::test
