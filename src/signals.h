#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace sealift::program {

// Keeps the signals that Signals handles from ending the program until it is there. Threads inherit
// which signals are blocked, so this comes before the first one.
void hold_signals();

// Turns SIGINT and SIGTERM into a stop token and SIGHUP into a call. Must be made before any other
// thread is, or after hold_signals().
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
