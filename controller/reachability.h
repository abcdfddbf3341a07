#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/http.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
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
  // The same, and otherwise whether the server has been heard of within moments. Where not, it
  // counts as unknown from now on, and the one who asks it meanwhile does so.
  Result<bool> reach();

  // Bytes came from the server, or a request was lost. Losses in a row make the server count as
  // away.
  void heard();
  void lost(const Error& error);
  // Around each request that somebody waits for. A server that is silent for too long meanwhile is
  // doubtful.
  void begin_request();
  void end_request();
  // Fires when the server is found to be away: nobody has to wait any longer then.
  std::stop_token given_up() const;

  // For the one who asks the server meanwhile: returns when it is not known to answer; false when
  // stopped.
  bool wait_until_doubtful(std::stop_token stop);
  // Whether that is news.
  bool set_reachable();
  void set_away(const Error& error, SteadyTime ask_again);

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  State state_ = State::kUnknown;
  std::uint32_t losses_ = 0;
  std::size_t requests_ = 0;   // under way
  SteadyTime silent_since_{};  // while there are any
  SteadyTime heard_at_{};      // once the state was kReachable
  std::string why_;
  SteadyTime ask_again_{};
  std::stop_source giving_up_;
};

// A server's transport that does not send what would not arrive, and does not wait for what will
// not come.
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
