#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/http.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::controller {

// Whether a server is worth asking: a circuit breaker. Safe from many threads.
class Reachability {
 public:
  enum class State { kUnknown, kReachable, kAway };

  explicit Reachability(Clock& clock) : clock_(clock) {}

  State state() const;
  // kUnavailable while the server is away, with a time to wait for those that plan by it.
  Result<> check() const;

  // A request was answered, or was not. Failures in a row make the server count as away.
  void answered();
  void failed(const Error& error);

  // For the one who asks the server meanwhile: returns when it is not known to answer; false when
  // stopped.
  bool wait_until_doubtful(std::stop_token stop);
  void set_reachable();
  void set_away(const Error& error, SteadyTime ask_again);

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  State state_ = State::kUnknown;
  std::uint32_t failures_ = 0;
  std::string why_;
  SteadyTime ask_again_{};
};

// A server's transport that does not send what would not arrive.
class GuardedTransport : public HttpTransport {
 public:
  // Both must outlive the transport.
  GuardedTransport(HttpTransport& inner, Reachability& reachability)
      : inner_(inner), reachability_(reachability) {}
  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  HttpTransport& inner_;
  Reachability& reachability_;
};

// For the question whether the server is there: a short deadline, and no second attempt by the
// layers above.
class ProbingTransport : public HttpTransport {
 public:
  explicit ProbingTransport(HttpTransport& inner) : inner_(inner) {}
  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  HttpTransport& inner_;
};

}  // namespace sealift::controller
