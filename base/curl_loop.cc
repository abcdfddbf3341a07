#include "curl_loop.h"

#include "curl_library.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sealift {
namespace {

// Requests over HTTP/2 share a connection. Over HTTP/1.1 each watch keeps one to itself, and there
// may be one watch for each resource type of a cluster.
constexpr long kMaxConnectionsPerHost = 64;
constexpr long kMaxKeptConnections = 32;
constexpr std::chrono::milliseconds kLongestPoll{60'000};

Error cancelled() { return Error(ErrorCode::kCancelled, "the program is ending"); }

CURLM* make_multi() {
  CURLM* multi = curl().multi_init();
  if (multi == nullptr) std::abort();  // out of memory at the first request
  curl().multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, kMaxConnectionsPerHost);
  curl().multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMaxKeptConnections);
  return multi;
}

}  // namespace

CurlLoop::CurlLoop() : multi_(make_multi()), thread_([this] { run(); }) {}

CurlLoop::~CurlLoop() {
  stop();
  curl().multi_cleanup(multi_);
}

void CurlLoop::start(std::shared_ptr<CurlExchange> exchange) {
  post(Action::kStart, std::move(exchange));
}

void CurlLoop::resume(std::shared_ptr<CurlExchange> exchange) {
  post(Action::kResume, std::move(exchange));
}

void CurlLoop::drop(std::shared_ptr<CurlExchange> exchange) {
  post(Action::kDrop, std::move(exchange));
}

void CurlLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl().multi_wakeup(multi_);
  if (thread_.joinable()) thread_.join();
}

void CurlLoop::post(Action action, std::shared_ptr<CurlExchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      exchange->interrupt(cancelled());
      return;
    }
    orders_.push_back({action, std::move(exchange)});
  }
  curl().multi_wakeup(multi_);
}

void CurlLoop::run() {
  while (carry_out_orders()) {
    int running = 0;
    curl().multi_perform(multi_, &running);
    collect_finished();
    expire();
    curl().multi_poll(multi_, nullptr, 0, milliseconds_to_next_expiry(), nullptr);
  }
  for (const auto& [easy, exchange] : active_) {
    curl().multi_remove_handle(multi_, easy);
    exchange->interrupt(cancelled());
  }
  active_.clear();
}

bool CurlLoop::carry_out_orders() {
  std::vector<Order> orders;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    orders.swap(orders_);
    stopping = stopping_;
  }
  for (const Order& order : orders) carry_out(order);
  return !stopping;
}

void CurlLoop::carry_out(const Order& order) {
  CURL* easy = order.exchange->easy();
  switch (order.action) {
    case Action::kStart:
      order.exchange->use(sockets_);
      active_.emplace(easy, order.exchange);
      if (curl().multi_add_handle(multi_, easy) != CURLM_OK) remove(easy, CURLE_FAILED_INIT);
      break;
    case Action::kResume:
      // It may have ended while the order was on its way.
      if (active_.contains(easy)) {
        const CURLcode code = order.exchange->resume_transfer();
        if (code != CURLE_OK) remove(easy, code);
      }
      break;
    case Action::kDrop:
      if (active_.contains(easy)) order.exchange->blame_connection(sockets_);
      remove(easy, CURLE_ABORTED_BY_CALLBACK);
      break;
  }
}

void CurlLoop::collect_finished() {
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) remove(message->easy_handle, message->data.result);
  }
}

void CurlLoop::expire() {
  const SteadyTime now = std::chrono::steady_clock::now();
  std::vector<CURL*> expired;
  for (const auto& [easy, exchange] : active_) {
    if (exchange->expire(now)) expired.push_back(easy);
  }
  for (CURL* easy : expired) {
    active_.at(easy)->blame_connection(sockets_);
    remove(easy, CURLE_OPERATION_TIMEDOUT);
  }
}

int CurlLoop::milliseconds_to_next_expiry() const {
  const SteadyTime now = std::chrono::steady_clock::now();
  SteadyTime next = now + kLongestPoll;
  for (const auto& [easy, exchange] : active_) {
    next = std::min(next, exchange->next_expiry().value_or(next));
  }
  // Rounded up: waking just before the moment would spin.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now);
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

void CurlLoop::remove(CURL* easy, CURLcode code) {
  const auto found = active_.find(easy);
  if (found == active_.end()) return;
  const auto exchange = std::move(found->second);
  active_.erase(found);
  curl().multi_remove_handle(multi_, easy);
  exchange->finish(code);
}

}  // namespace sealift
