#include "support/pseudo_terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace sealift::test {
namespace {

constexpr int kCannotStart = 127;  // what a shell answers for a command that is not there

// Between fork and exec only what a signal handler may do is allowed: the test may have threads.
[[noreturn]] void become(char* const* arguments, int terminal) {
  ::setsid();
  ::ioctl(terminal, TIOCSCTTY, 0);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::dup2(terminal, descriptor);
  }
  ::signal(SIGPIPE, SIG_DFL);
  ::execvp(arguments[0], arguments);
  ::_exit(kCannotStart);
}

}  // namespace

PseudoTerminal::PseudoTerminal(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  if (::openpty(&screen_, &terminal_, nullptr, nullptr, nullptr) != 0) std::abort();
  ::fcntl(screen_, F_SETFD, FD_CLOEXEC);
  ::fcntl(terminal_, F_SETFD, FD_CLOEXEC);
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) become(pointers.data(), terminal_);
  reader_ = std::thread([this] { read_screen(); });
}

PseudoTerminal::~PseudoTerminal() {
  if (!ended_) ::kill(pid_, SIGKILL);
  wait();
  ::close(screen_);
}

void PseudoTerminal::read_screen() {
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t count = ::read(screen_, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count > 0) {
      output_.append(piece.data(), static_cast<std::size_t>(count));
    } else {
      closed_ = true;
    }
    changed_.notify_all();
    if (count <= 0) return;
  }
}

void PseudoTerminal::type(std::string_view text) const {
  if (::write(screen_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
}

bool PseudoTerminal::wait_for(std::string_view text) {
  std::unique_lock lock(mutex_);
  const auto shown = [&] { return output_.find(text) != std::string::npos; };
  changed_.wait(lock, [&] { return shown() || closed_; });
  return shown();
}

bool PseudoTerminal::echoes() const {
  termios settings{};
  return ::tcgetattr(screen_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

int PseudoTerminal::wait() {
  if (ended_) return exit_code_;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  // The reader sees the end when nobody holds the other side any more.
  ::close(terminal_);
  reader_.join();
  if (WIFEXITED(status)) exit_code_ = WEXITSTATUS(status);
  return exit_code_;
}

std::string PseudoTerminal::output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

}  // namespace sealift::test
