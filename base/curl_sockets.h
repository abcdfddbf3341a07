#pragma once

#include <curl/curl.h>

#include <chrono>
#include <set>

namespace sealift {

// One end of a TCP connection, as curl tells it of a request's connection; local 0: none yet.
struct CurlConnection {
  int local_port = 0;
  int peer_port = 0;
};

// The sockets of a loop's connections: what curl does not tell of a connection that many requests
// share over HTTP/2. Such a connection may be half-open (its other end is gone, and nobody says
// so). curl gives each of its requests up in their own time and puts the next ones on it, for as
// long as the kernel believes in it. Used on the loop's thread alone.
class CurlSockets {
 public:
  // The connection's requests all fail (kUnavailable) and it is used no more, where it has received
  // nothing for as long as that.
  void cut_if_silent(const CurlConnection& connection, std::chrono::milliseconds since) const;

  // CURL_SOCKET_BAD where the kernel gives none.
  curl_socket_t open(const curl_sockaddr& address);
  // curl's callback (CURLOPT_CLOSESOCKETFUNCTION); `self` is this.
  static int on_close(void* self, curl_socket_t socket);

 private:
  std::set<int> open_;
};

}  // namespace sealift
