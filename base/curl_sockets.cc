#include "curl_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sealift {
namespace {

// What was sent and is not acknowledged for this long tells of a peer that is gone, and so do
// keep-alive probes (tcp(7)). The kernel's own patience is a quarter of an hour.
constexpr unsigned kUnacknowledgedMilliseconds = 30'000;

int port_of(const sockaddr_storage& address) {
  const auto port = address.ss_family == AF_INET6
                        ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                        : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  return ntohs(port);
}

bool is_end_of(int socket, const CurlConnection& connection) {
  sockaddr_storage local{};
  sockaddr_storage peer{};
  socklen_t local_size = sizeof local;
  socklen_t peer_size = sizeof peer;
  return ::getsockname(socket, reinterpret_cast<sockaddr*>(&local), &local_size) == 0 &&
         ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0 &&
         port_of(local) == connection.local_port && port_of(peer) == connection.peer_port;
}

}  // namespace

void CurlSockets::cut_if_silent(const CurlConnection& connection,
                                std::chrono::milliseconds since) const {
  if (connection.local_port <= 0) return;
  for (const int socket : open_) {
    if (!is_end_of(socket, connection)) continue;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
    if (std::chrono::milliseconds(info.tcpi_last_data_recv) < since) continue;
    // curl reads an end of the connection, and does with it what it does with any.
    ::shutdown(socket, SHUT_RDWR);
  }
}

curl_socket_t CurlSockets::open(const curl_sockaddr& address) {
  const int socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMilliseconds,
               sizeof kUnacknowledgedMilliseconds);
  open_.insert(socket);
  return socket;
}

int CurlSockets::on_close(void* self, curl_socket_t socket) {
  static_cast<CurlSockets*>(self)->open_.erase(socket);
  return ::close(socket);
}

}  // namespace sealift
