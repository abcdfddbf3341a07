#include "connection.h"

#include <sealift/endpoints/http_server.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <list>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

namespace sealift::endpoints {
namespace {

// How long the listener rests when the process has no descriptor left for another connection.
constexpr std::chrono::milliseconds kAcceptPause{100};
// poll() counts in milliseconds; a longer wait is split.
constexpr std::chrono::milliseconds kLongestWait{60'000};

}  // namespace

class HttpServer::Loop {
 public:
  Loop(ListenSocket listener, Descriptor wake, RequestHandler handler, const ServerLimits& limits,
       Clock& clock, Logger log)
      : listener_(std::move(listener)),
        wake_(std::move(wake)),
        handler_(std::move(handler)),
        limits_(limits),
        clock_(clock),
        log_(std::move(log)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  ~Loop() {
    thread_.request_stop();
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake_.get(), &one, sizeof one));
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  int port() const { return listener_.port; }

 private:
  using Connections = std::list<Connection>;

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto polled = wait();
      serve(polled);
      if ((polled[1].revents & POLLIN) != 0) accept_waiting();
      shed_load();
    }
  }

  // The answer of poll(): first the wake-up, then the listener, then each connection.
  std::vector<pollfd> wait() {
    const auto now = clock_.steady_now();
    auto until = now + kLongestWait;
    const bool accepting = now >= accept_again_;
    if (!accepting) until = std::min(until, accept_again_);
    std::vector<pollfd> polled;
    polled.push_back({wake_.get(), POLLIN, 0});
    polled.push_back({accepting ? listener_.socket.get() : -1, POLLIN, 0});
    for (const auto& connection : connections_) {
      polled.push_back({connection.descriptor(), connection.events(), 0});
      until = connection.is_ready() ? now : std::min(until, connection.deadline());
    }
    const auto milliseconds = std::max(
        std::chrono::ceil<std::chrono::milliseconds>(until - now).count(), std::int64_t{0});
    if (poll(polled.data(), polled.size(), static_cast<int>(milliseconds)) < 0) {
      for (auto& entry : polled) entry.revents = 0;
    }
    return polled;
  }

  void serve(const std::vector<pollfd>& polled) {
    const auto now = clock_.steady_now();
    auto connection = connections_.begin();
    for (std::size_t i = 2; i < polled.size(); ++i) {
      const bool active = polled[i].revents != 0 || connection->is_ready();
      // The deadline holds for those as well who keep sending, a byte at a time.
      const bool stays = (!active || connection->turn(polled[i].revents, handler_, log_)) &&
                         connection->deadline() > now;
      connection = stays ? std::next(connection) : connections_.erase(connection);
    }
  }

  void accept_waiting() {
    // Bounded, so that a flood of connections does not keep those at hand from their turn.
    for (std::size_t i = 0; i < limits_.max_connections; ++i) {
      auto accepted = accept_from(listener_.socket.get());
      if (accepted.socket.get() < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
          accept_again_ = clock_.steady_now() + kAcceptPause;
        }
        return;
      }
      auto& connection = connections_.emplace_back(std::move(accepted), limits_, clock_);
      // A request that has arrived is answered before anybody is shed.
      if (!connection.turn(POLLIN, handler_, log_)) connections_.pop_back();
    }
  }

  void shed_load() {
    auto buffered = std::accumulate(
        connections_.begin(), connections_.end(), std::size_t{0},
        [](std::size_t sum, const Connection& one) { return sum + one.buffered(); });
    while (connections_.size() > limits_.max_connections ||
           (buffered > limits_.max_buffered_bytes && !connections_.empty())) {
      const bool too_many = connections_.size() > limits_.max_connections;
      const auto longest = std::min_element(
          connections_.begin(), connections_.end(), [&](const auto& a, const auto& b) {
            // Closing what holds no bytes would not help against too many of them.
            if (!too_many && (a.buffered() == 0) != (b.buffered() == 0)) return b.buffered() == 0;
            return a.waiting_since() < b.waiting_since();
          });
      buffered -= longest->buffered();
      connections_.erase(longest);
    }
  }

  ListenSocket listener_;
  Descriptor wake_;
  RequestHandler handler_;
  ServerLimits limits_;
  Clock& clock_;
  Logger log_;
  Connections connections_;  // in order of arrival; the thread's alone
  SteadyTime accept_again_{};
  std::jthread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
HttpServer::~HttpServer() = default;

int HttpServer::port() const { return loop_->port(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::string_view listen,
                                                      RequestHandler handler,
                                                      const ServerLimits& limits, Clock& clock,
                                                      Logger log) {
  SEALIFT_ASSIGN(auto listener, listen_on(listen));
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return fail(ErrorCode::kIo, "cannot make an event descriptor to listen");
  auto loop = std::make_unique<Loop>(std::move(listener), std::move(wake), std::move(handler),
                                     limits, clock, std::move(log));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(loop)));
}

}  // namespace sealift::endpoints
