#include "reachability.h"

#include <sealift/kube/retry_policy.h>

#include <algorithm>
#include <utility>

namespace sealift::controller {
namespace {

constexpr std::uint32_t kLossesInARow = 2;
constexpr std::chrono::milliseconds kProbeDeadline{10'000};
// A webhook of the remote cluster may take 30 seconds.
constexpr std::chrono::milliseconds kRequestDeadline{35'000};
// Silence while somebody waits: from then on the server is asked whether it is there.
constexpr std::chrono::milliseconds kPatience{3'000};
// So long the last sign of life is good for another request.
constexpr std::chrono::milliseconds kFresh{10'000};
constexpr std::chrono::milliseconds kLeastWait{1};
// Whoever reads a longer pause than this gives the attempt up.
constexpr std::chrono::seconds kNoSecondAttempt =
    kube::kLongestRetryAfter + std::chrono::seconds(1);

bool is_watch(const HttpRequest& request) { return request.deadline.count() == 0; }

// No whole answer, and nobody asked to stop.
bool is_lost(const Error& error, const std::stop_token& stop) {
  return error.code() == ErrorCode::kUnavailable ||
         (error.code() == ErrorCode::kCancelled && !stop.stop_requested());
}

// A watch has a back-off of its own, and should be back as soon as the server is.
Error not_worth_it(const HttpRequest& request, const Error& away) {
  return is_watch(request) ? Error(ErrorCode::kUnavailable, away.message()) : away;
}

// An answer need not end to be a sign of life: a watch does not.
class NotingSink : public HttpSink {
 public:
  NotingSink(HttpSink& inner, Reachability& reachability)
      : inner_(inner), reachability_(reachability) {}
  Result<> begin(const HttpResponse& head) override {
    reachability_.heard();
    return inner_.begin(head);
  }
  Result<> write(std::string_view bytes) override {
    reachability_.heard();
    return inner_.write(bytes);
  }

 private:
  HttpSink& inner_;
  Reachability& reachability_;
};

}  // namespace

Reachability::State Reachability::state() const {
  std::scoped_lock lock(mutex_);
  return state_;
}

Result<> Reachability::check() const {
  std::scoped_lock lock(mutex_);
  if (state_ != State::kAway) return {};
  const auto left = std::chrono::ceil<std::chrono::seconds>(ask_again_ - clock_.steady_now());
  return fail(
      Error(ErrorCode::kUnavailable, "the remote cluster does not answer and is asked again in " +
                                         std::to_string(std::max<std::int64_t>(0, left.count())) +
                                         " seconds: " + why_)
          .with_retry_after(std::max(left, kNoSecondAttempt)));
}

Result<bool> Reachability::reach() {
  SEALIFT_TRY(check());
  std::scoped_lock lock(mutex_);
  if (state_ == State::kReachable && clock_.steady_now() - heard_at_ < kFresh) return true;
  if (state_ == State::kReachable) {
    state_ = State::kUnknown;
    changed_.notify_all();
  }
  return false;
}

void Reachability::heard() {
  std::scoped_lock lock(mutex_);
  losses_ = 0;
  heard_at_ = silent_since_ = clock_.steady_now();
}

void Reachability::lost(const Error& error) {
  std::scoped_lock lock(mutex_);
  if (++losses_ < kLossesInARow || state_ == State::kAway) return;
  state_ = State::kAway;
  why_ = error.message();
  ask_again_ = clock_.steady_now();
  changed_.notify_all();
}

void Reachability::begin_request() {
  std::scoped_lock lock(mutex_);
  if (requests_++ > 0) return;
  silent_since_ = clock_.steady_now();
  changed_.notify_all();
}

void Reachability::end_request() {
  std::scoped_lock lock(mutex_);
  --requests_;
}

std::stop_token Reachability::given_up() const {
  std::scoped_lock lock(mutex_);
  return giving_up_.get_token();
}

bool Reachability::wait_until_doubtful(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (state_ != State::kReachable) return true;
    if (requests_ == 0) {
      changed_.wait(lock, stop, [this] { return state_ != State::kReachable || requests_ > 0; });
      continue;
    }
    const auto end = silent_since_ + kPatience;
    if (clock_.steady_now() >= end) return true;
    // Another clock than the machine's may be behind it: then this asks again and again.
    const auto until = std::max(end, std::chrono::steady_clock::now() + kLeastWait);
    changed_.wait_until(lock, stop, until, [this] { return state_ != State::kReachable; });
  }
  return false;
}

bool Reachability::set_reachable() {
  std::scoped_lock lock(mutex_);
  losses_ = 0;
  heard_at_ = silent_since_ = clock_.steady_now();
  return std::exchange(state_, State::kReachable) != State::kReachable;
}

void Reachability::set_away(const Error& error, SteadyTime ask_again) {
  std::stop_source given_up;
  {
    std::scoped_lock lock(mutex_);
    state_ = State::kAway;
    why_ = error.message();
    ask_again_ = ask_again;
    given_up = std::exchange(giving_up_, std::stop_source());
  }
  given_up.request_stop();
}

Result<HttpResponse> GuardedTransport::send(const HttpRequest& request, HttpSink& sink,
                                            std::stop_token stop) {
  const auto given_up = reachability_.given_up();
  if (auto worth = reachability_.check(); !worth) {
    return fail(not_worth_it(request, worth.error()));
  }
  auto bounded = request;
  if (!is_watch(request)) bounded.deadline = std::min(request.deadline, kRequestDeadline);
  NotingSink noting(sink, reachability_);
  std::stop_source either;
  const std::stop_callback on_stop(stop, [&] { either.request_stop(); });
  const std::stop_callback on_given_up(given_up, [&] { either.request_stop(); });
  if (!is_watch(request)) reachability_.begin_request();
  auto response = inner_.send(bounded, noting, either.get_token());
  if (!is_watch(request)) reachability_.end_request();
  if (response || !is_lost(response.error(), stop)) return response;
  if (!given_up.stop_requested()) {
    reachability_.lost(response.error());
    return response;
  }
  auto away = reachability_.check();
  // It may be back already.
  if (away) return fail(ErrorCode::kUnavailable, "the remote cluster did not answer");
  return fail(not_worth_it(request, away.error()));
}

Result<HttpResponse> ProbingTransport::send(const HttpRequest& request, HttpSink& sink,
                                            std::stop_token stop) {
  auto bounded = request;
  bounded.deadline = kProbeDeadline;
  auto response = inner_.send(bounded, sink, stop);
  if (!response && is_lost(response.error(), stop)) {
    return fail(Error(ErrorCode::kUnavailable, response.error().message())
                    .with_retry_after(kNoSecondAttempt));
  }
  return response;
}

}  // namespace sealift::controller
