#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

namespace sealift::test {

// Free ports of 127.0.0.1 behind which another server of 127.0.0.1 seems to listen, by a network
// that can become bad: bytes pass as they are, so TLS and HTTP/2 go end to end. Made of a Proxy it
// is an HTTP proxy instead, and the client names the server by CONNECT (RFC 9110, section 9.3.6).
class TcpTunnel {
 public:
  // `ports` of them lead to `server_port`.
  explicit TcpTunnel(int server_port, std::size_t ports = 1);
  // A proxy that lets clients through that show `login` ("user:password"; empty: everybody). It
  // leads to the port that the client names, or, whatever is named, to `server_port`.
  struct Proxy {
    std::string login = {};
    int server_port = 0;
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
  // From now on nothing passes through the connections that are open, and neither side hears of it:
  // they are half-open for ever. New ones are as good as any.
  void silence_open();
  // Each connection passes at most so many bytes a millisecond; 0: all that come.
  void slow_down(std::size_t bytes_per_millisecond) { most_at_once_ = bytes_per_millisecond; }
  // Each of the first connections breaks when it has passed so many bytes, in both directions.
  void cut_after(std::size_t bytes, std::size_t connections);
  std::size_t connections() const;  // accepted so far
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
  void serve(int client, std::size_t number);
  // The connected server, or -1.
  int connect_by_proxy(int client);
  // `number`: of the connection, by acceptance.
  void relay(int client, int server, std::size_t number);
  // One piece of at most `most` bytes, which are taken off; false where a side is gone.
  bool pass(int from, int to, std::size_t& most);

  int server_port_ = 0;
  bool is_proxy_ = false;
  std::string login_;
  std::vector<Listener> listeners_;
  std::atomic<int> refusals_ = 0;
  std::atomic<std::size_t> most_at_once_ = 0;
  std::size_t longest_ = 0;  // for connections of lower numbers than shortened_; guarded by mutex_
  std::size_t shortened_ = 0;
  std::shared_mutex passing_;  // shared while a piece passes
  std::size_t silent_ = 0;     // connections of lower numbers are; guarded by mutex_
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
