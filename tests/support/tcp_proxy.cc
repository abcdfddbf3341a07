#include "support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <thread>
#include <vector>

namespace sealift::test {
namespace {

constexpr std::size_t kPiece = 64u << 10;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// Of one connection, in one direction.
struct Way {
  int from;
  int to;
  std::string waiting{};
  bool ended = false;
};

struct Line {
  std::array<Way, 2> ways;
  bool silent = false;
};

bool send_some(Way& way, std::size_t most) {
  const auto size = std::min(most, way.waiting.size());
  const auto sent = ::send(way.to, way.waiting.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN;
  way.waiting.erase(0, static_cast<std::size_t>(sent));
  return true;
}

bool receive_some(Way& way) {
  std::array<char, kPiece> piece{};
  const auto count = ::recv(way.from, piece.data(), piece.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN;
  if (count == 0) way.ended = true;
  way.waiting.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

}  // namespace

struct TcpProxy::State {
  int upstream_port = 0;
  int port = 0;
  int listener = -1;
  int wake = -1;
  std::atomic<bool> stopping = false;
  std::atomic<bool> silencing = false;
  std::atomic<std::size_t> bytes_per_millisecond = 0;
  std::atomic<std::size_t> accepted = 0;
  std::list<Line> lines;  // the thread's own
  std::thread thread;

  void run();
  void accept_one();
  std::vector<pollfd> interests() const;
  // False where the line has ended.
  bool carry(Line& line, std::size_t most);
  void wake_up() const {
    const std::uint64_t one = 1;
    if (::write(wake, &one, sizeof one) < 0) std::abort();
  }
};

void TcpProxy::State::accept_one() {
  const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  ++accepted;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(upstream_port);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(server);
    ::close(client);
    return;
  }
  lines.push_back({{Way{client, server}, Way{server, client}}, false});
}

std::vector<pollfd> TcpProxy::State::interests() const {
  std::vector<pollfd> all{{listener, POLLIN, 0}, {wake, POLLIN, 0}};
  for (const auto& line : lines) {
    if (line.silent) continue;
    for (const auto& way : line.ways) {
      if (way.waiting.empty() && !way.ended) all.push_back({way.from, POLLIN, 0});
      if (!way.waiting.empty()) all.push_back({way.to, POLLOUT, 0});
    }
  }
  return all;
}

bool TcpProxy::State::carry(Line& line, std::size_t most) {
  for (auto& way : line.ways) {
    if (way.waiting.empty() && !way.ended && !receive_some(way)) return false;
    if (!way.waiting.empty() && !send_some(way, most)) return false;
    if (way.ended && way.waiting.empty()) return false;
  }
  return true;
}

void TcpProxy::State::run() {
  while (!stopping) {
    auto all = interests();
    ::poll(all.data(), all.size(), -1);
    if ((all[1].revents & POLLIN) != 0) {
      std::uint64_t count = 0;
      if (::read(wake, &count, sizeof count) < 0) std::abort();
      if (silencing) {
        for (auto& line : lines) line.silent = true;
        silencing = false;
        silencing.notify_all();
      }
    }
    const auto slow = bytes_per_millisecond.load();
    for (auto at = lines.begin(); at != lines.end();) {
      if (at->silent || carry(*at, slow == 0 ? kPiece : slow)) {
        ++at;
        continue;
      }
      for (const auto& way : at->ways) ::close(way.from);
      at = lines.erase(at);
    }
    if ((all[0].revents & POLLIN) != 0) accept_one();
    if (slow != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (const auto& line : lines) {
    for (const auto& way : line.ways) ::close(way.from);
  }
}

TcpProxy::TcpProxy(int upstream_port) : state_(std::make_unique<State>()) {
  auto& state = *state_;
  state.upstream_port = upstream_port;
  state.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  state.wake = ::eventfd(0, EFD_CLOEXEC);
  auto address = loopback(0);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(state.listener, generic, length) != 0 || ::listen(state.listener, 64) != 0 ||
      ::getsockname(state.listener, generic, &length) != 0 || state.wake < 0) {
    std::abort();
  }
  state.port = ntohs(address.sin_port);
  state.thread = std::thread([&state] { state.run(); });
}

TcpProxy::~TcpProxy() {
  state_->stopping = true;
  state_->wake_up();
  state_->thread.join();
  ::close(state_->listener);
  ::close(state_->wake);
}

int TcpProxy::port() const { return state_->port; }

void TcpProxy::silence_open() {
  state_->silencing = true;
  state_->wake_up();
  state_->silencing.wait(true);
}

void TcpProxy::slow_down(std::size_t bytes_per_millisecond) {
  state_->bytes_per_millisecond = bytes_per_millisecond;
}

std::size_t TcpProxy::connections() const { return state_->accepted; }

}  // namespace sealift::test
