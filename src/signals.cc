#include "signals.h"

#include <csignal>
#include <cstdlib>

#include <pthread.h>

namespace sealift::program {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

}  // namespace

void hold_signals() {
  const auto set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that goes away is an error of write(), not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(std::function<void()> on_hangup) : on_hangup_(std::move(on_hangup)) {
  hold_signals();
  thread_ = std::jthread([this](std::stop_token done) { listen(std::move(done)); });
}

Signals::~Signals() {
  thread_.request_stop();
  // Wakes sigwait(); SIGUSR1 has no other meaning here.
  pthread_kill(thread_.native_handle(), SIGUSR1);
}

void Signals::listen(std::stop_token done) {
  const auto set = handled_signals();
  bool asked_before = false;
  while (!done.stop_requested()) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0 || signal == SIGUSR1) continue;
    if (signal == SIGHUP && on_hangup_) {
      on_hangup_();
      continue;
    }
    // Whoever asks twice does not want to wait for a tidy end.
    if (asked_before) std::_Exit(130);
    asked_before = true;
    source_.request_stop();
  }
}

}  // namespace sealift::program
