#include "reachability.h"

#include <sealift/kube/retry_policy.h>

#include <algorithm>
#include <utility>

namespace sealift::controller {
namespace {

constexpr std::uint32_t kFailuresInARow = 2;
constexpr std::chrono::milliseconds kProbeDeadline{10'000};
// A webhook of the remote cluster may take 30 seconds.
constexpr std::chrono::milliseconds kRequestDeadline{35'000};
// Whoever reads a longer pause than this gives the attempt up.
constexpr std::chrono::seconds kNoSecondAttempt =
    kube::kLongestRetryAfter + std::chrono::seconds(1);

bool is_watch(const HttpRequest& request) { return request.deadline.count() == 0; }

// No whole answer, and nobody asked to stop.
bool is_lost(const Error& error, const std::stop_token& stop) {
  return error.code() == ErrorCode::kUnavailable ||
         (error.code() == ErrorCode::kCancelled && !stop.stop_requested());
}

// A watch that begins well is an answer; it need not end.
class NotingSink : public HttpSink {
 public:
  NotingSink(HttpSink& inner, Reachability& reachability)
      : inner_(inner), reachability_(reachability) {}
  Result<> begin(const HttpResponse& head) override {
    reachability_.answered();
    return inner_.begin(head);
  }
  Result<> write(std::string_view bytes) override { return inner_.write(bytes); }

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

void Reachability::answered() {
  std::scoped_lock lock(mutex_);
  failures_ = 0;
}

void Reachability::failed(const Error& error) {
  std::scoped_lock lock(mutex_);
  if (++failures_ < kFailuresInARow || state_ == State::kAway) return;
  state_ = State::kAway;
  why_ = error.message();
  ask_again_ = clock_.steady_now();
  changed_.notify_all();
}

bool Reachability::wait_until_doubtful(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, std::move(stop), [this] { return state_ != State::kReachable; });
}

void Reachability::set_reachable() {
  std::scoped_lock lock(mutex_);
  state_ = State::kReachable;
  failures_ = 0;
}

void Reachability::set_away(const Error& error, SteadyTime ask_again) {
  std::scoped_lock lock(mutex_);
  state_ = State::kAway;
  why_ = error.message();
  ask_again_ = ask_again;
}

Result<HttpResponse> GuardedTransport::send(const HttpRequest& request, HttpSink& sink,
                                            std::stop_token stop) {
  if (auto worth = reachability_.check(); !worth) {
    // A watch has a back-off of its own, and should be back as soon as the cluster is.
    if (!is_watch(request)) return fail(std::move(worth).error());
    return fail(ErrorCode::kUnavailable, worth.error().message());
  }
  auto bounded = request;
  if (!is_watch(request)) bounded.deadline = std::min(request.deadline, kRequestDeadline);
  NotingSink noting(sink, reachability_);
  auto response = inner_.send(bounded, noting, stop);
  if (!response && is_lost(response.error(), stop)) reachability_.failed(response.error());
  return response;
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
