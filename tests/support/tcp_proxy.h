#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace sealift::test {

// A network between a client and one server of 127.0.0.1 that can become bad: it passes bytes on
// and understands none of them, so TLS and HTTP/2 go end to end. Everything ends with the object.
class TcpProxy {
 public:
  explicit TcpProxy(int upstream_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const;
  // From now on nothing passes through the connections that are open, and neither side hears of it:
  // they are half-open for ever. New ones are as good as any.
  void silence_open();
  // Each connection passes at most so many bytes a millisecond; 0: all that come.
  void slow_down(std::size_t bytes_per_millisecond);
  std::size_t connections() const;  // accepted so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::test
