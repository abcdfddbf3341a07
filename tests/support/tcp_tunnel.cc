#include "support/tcp_tunnel.h"

#include <sealift/base/encoding.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace sealift::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int connect_to(int port) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return server;
  }
  ::close(server);
  return -1;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Byte by byte: what follows the head is the server's.
std::string read_head(int socket) {
  std::string head;
  char byte = 0;
  while (head.size() < 8192 && ::recv(socket, &byte, 1, 0) == 1) {
    head += byte;
    if (head.ends_with("\r\n\r\n")) return head;
  }
  return {};
}

}  // namespace

TcpTunnel::TcpTunnel(int server_port, std::size_t ports) : server_port_(server_port) {
  listen_on(ports);
}

TcpTunnel::TcpTunnel(Proxy proxy)
    : server_port_(proxy.server_port), is_proxy_(true), login_(std::move(proxy.login)) {
  listen_on(1);
}

void TcpTunnel::listen_on(std::size_t ports) {
  for (std::size_t i = 0; i < ports; ++i) {
    auto& listener = listeners_.emplace_back();
    listener.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    auto address = loopback(0);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.socket, generic, length) != 0 || ::listen(listener.socket, 64) != 0 ||
        ::getsockname(listener.socket, generic, &length) != 0) {
      std::abort();
    }
    listener.port = ntohs(address.sin_port);
  }
  acceptor_ = std::thread([this] { accept_connections(); });
}

TcpTunnel::~TcpTunnel() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  released_.notify_all();
  // This ends a poll on it.
  for (const auto& listener : listeners_) ::shutdown(listener.socket, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  for (const auto& listener : listeners_) ::close(listener.socket);
}

void TcpTunnel::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void TcpTunnel::release() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
  }
  released_.notify_all();
}

void TcpTunnel::silence_open() {
  // Afterwards no piece is on its way any more.
  const std::unique_lock nothing_passes(passing_);
  const std::lock_guard lock(mutex_);
  silent_ = threads_.size();
}

void TcpTunnel::cut_after(std::size_t bytes, std::size_t connections) {
  const std::lock_guard lock(mutex_);
  longest_ = bytes;
  shortened_ = connections;
}

std::size_t TcpTunnel::connections() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

std::vector<std::string> TcpTunnel::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void TcpTunnel::accept_connections() {
  std::vector<pollfd> ready;
  for (const auto& listener : listeners_) ready.push_back({listener.socket, POLLIN, 0});
  while (::poll(ready.data(), ready.size(), -1) > 0) {
    for (const auto& one : ready) {
      if (one.revents == 0) continue;
      const int client = ::accept4(one.fd, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(mutex_);
      if (stopping_) {
        if (client >= 0) ::close(client);
        return;
      }
      if (client < 0) continue;
      open_.push_back(client);
      threads_.emplace_back([this, client, number = threads_.size()] { serve(client, number); });
    }
  }
}

void TcpTunnel::serve(int client, std::size_t number) {
  const int server = is_proxy_ ? connect_by_proxy(client) : connect_to(server_port_);
  if (server >= 0) {
    relay(client, server, number);
    ::close(server);
  }
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), client));
  ::close(client);
}

int TcpTunnel::connect_by_proxy(int client) {
  const auto head = read_head(client);
  if (!head.starts_with("CONNECT ")) return -1;
  const auto target = head.substr(8, head.find(' ', 8) - 8);
  const auto shown = "Proxy-Authorization: Basic " + base64_encode(login_);
  if (!login_.empty() && head.find(shown) == std::string::npos) {
    ++refusals_;
    send_all(client,
             "HTTP/1.1 407 Proxy Authentication Required\r\n"
             "Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n");
    return -1;
  }
  const int named = std::atoi(target.substr(target.rfind(':') + 1).c_str());
  const int server = connect_to(server_port_ != 0 ? server_port_ : named);
  if (server < 0) return -1;
  {
    const std::lock_guard lock(mutex_);
    targets_.push_back(target);
  }
  send_all(client, "HTTP/1.1 200 Connection established\r\n\r\n");
  return server;
}

void TcpTunnel::relay(int client, int server, std::size_t number) {
  std::array<pollfd, 2> sides{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
  std::size_t rest = std::numeric_limits<std::size_t>::max();
  {
    const std::lock_guard lock(mutex_);
    if (number < shortened_) rest = longest_;
  }
  while (::poll(sides.data(), sides.size(), -1) > 0) {
    {
      std::unique_lock lock(mutex_);
      const auto may_pass = [&] { return !held_ && number >= silent_; };
      released_.wait(lock, [&] { return may_pass() || stopping_; });
      if (stopping_) return;
    }
    if (most_at_once_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::shared_lock passes(passing_);
    {
      const std::lock_guard lock(mutex_);
      if (number < silent_) continue;
    }
    if (sides[0].revents != 0 && !pass(client, server, rest)) return;
    if (sides[1].revents != 0 && !pass(server, client, rest)) return;
  }
}

bool TcpTunnel::pass(int from, int to, std::size_t& most) {
  std::array<char, 65536> piece{};
  const std::size_t at_once = most_at_once_;
  const auto size = std::min({piece.size(), most, at_once == 0 ? piece.size() : at_once});
  const ssize_t count = size == 0 ? 0 : ::recv(from, piece.data(), size, 0);
  if (count <= 0) return false;
  most -= static_cast<std::size_t>(count);
  return send_all(to, {piece.data(), static_cast<std::size_t>(count)});
}

}  // namespace sealift::test
