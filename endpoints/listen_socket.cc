#include "listen_socket.h"

#include <sealift/base/encoding.h>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

namespace sealift::endpoints {
namespace {

constexpr int kBacklog = 128;

struct HostAndPort {
  std::string host;  // empty: all addresses
  std::string port;
};

Result<HostAndPort> split(std::string_view address) {
  const auto colon = address.rfind(':');
  const auto wrong = [&] {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(address, 80) +
                    "\" is no address to listen on; write :8080, 127.0.0.1:8080 or [::1]:8080");
  };
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = address.substr(0, colon);
  const auto port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong();
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) return wrong();
  return HostAndPort{std::string(host), std::string(port)};
}

Error socket_error(std::string_view address, int number) {
  const auto code = number == EADDRINUSE ? ErrorCode::kConflict : ErrorCode::kIo;
  return Error(code, "cannot listen on " + printable(address, 80) + ": " +
                         std::generic_category().message(number));
}

void set_option(int socket, int level, int option, int value) {
  static_cast<void>(setsockopt(socket, level, option, &value, sizeof value));
}

// Zero, or errno.
int open_listener(const addrinfo& where, Descriptor& socket) {
  socket = Descriptor(::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return errno;
  set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (where.ai_family == AF_INET6) set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(socket.get(), where.ai_addr, where.ai_addrlen) != 0) return errno;
  return listen(socket.get(), kBacklog) == 0 ? 0 : errno;
}

int port_of(const Descriptor& socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

std::string peer_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(),
                  nullptr, 0, NI_NUMERICHOST) != 0) {
    return "unknown";
  }
  const std::string text = host.data();
  return text.starts_with("::ffff:") ? text.substr(7) : text;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Result<ListenSocket> listen_on(std::string_view address) {
  SEALIFT_ASSIGN(const auto parts, split(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  const int found = getaddrinfo(parts.host.empty() ? nullptr : parts.host.c_str(),
                                parts.port.c_str(), &hints, &raw);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(raw, freeaddrinfo);
  if (found != 0) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(address, 80) +
                    "\" names no numeric address to listen on: " + gai_strerror(found));
  }
  // All addresses: IPv6 takes IPv4 along; a kernel without IPv6 leaves the other.
  Descriptor socket;
  int error = EADDRNOTAVAIL;
  for (const int family : {AF_INET6, AF_INET}) {
    for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
      if (entry->ai_family != family) continue;
      error = open_listener(*entry, socket);
      if (error == 0) {
        const int port = port_of(socket);
        return ListenSocket{std::move(socket), port};
      }
      if (error == EADDRINUSE) return fail(socket_error(address, error));
    }
  }
  return fail(socket_error(address, error));
}

Accepted accept_from(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  Accepted accepted;
  accepted.socket = Descriptor(accept4(listener, reinterpret_cast<sockaddr*>(&address), &size,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.socket.get() < 0) return accepted;
  set_option(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  accepted.peer = peer_of(address, size);
  return accepted;
}

}  // namespace sealift::endpoints
