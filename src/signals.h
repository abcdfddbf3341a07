#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace sealift::program {

// Turns SIGINT and SIGTERM into a stop token and SIGHUP into a call. Must be made before any other
// thread is, because threads inherit which signals are blocked.
class Signals {
 public:
  // `on_hangup` runs on the signal thread; empty: SIGHUP stops like the others.
  explicit Signals(std::function<void()> on_hangup = {});
  ~Signals();

  std::stop_token token() const { return source_.get_token(); }

 private:
  void listen(std::stop_token done);
  std::function<void()> on_hangup_;
  std::stop_source source_;
  std::jthread thread_;
};

}  // namespace sealift::program
