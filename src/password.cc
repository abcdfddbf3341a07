#include "password.h"

#include <sealift/base/file_system.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPasswordBytes = 4096;

// The terminal with its echo off, as long as this lives.
class SilentTerminal {
 public:
  SilentTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool usable() const { return changed_; }
  void say(const std::string& text) const {
    // Nothing to do about a terminal that cannot be written to.
    [[maybe_unused]] const auto written = ::write(descriptor_, text.data(), text.size());
  }
  std::string read_line() const {
    std::string line;
    char c = 0;
    while (line.size() < kMaxPasswordBytes && ::read(descriptor_, &c, 1) == 1 && c != '\n') {
      line += c;
    }
    return line;
  }

 private:
  int descriptor_;
  termios before_{};
  bool changed_ = false;
};

Result<std::string> ask(const std::string& prompt) {
  const SilentTerminal terminal;
  if (!terminal.usable()) {
    return fail(ErrorCode::kInvalidInput,
                prompt +
                    " is needed and there is no terminal to ask on; set SEALIFT_PASSWORD or "
                    "COSIGN_PASSWORD, or give --password-file");
  }
  terminal.say(prompt + ": ");
  auto line = terminal.read_line();
  terminal.say("\n");
  return line;
}

}  // namespace

Result<std::string> PasswordSource::read_silently(bool& found) const {
  found = true;
  if (!file.empty()) {
    SEALIFT_ASSIGN_CONTEXT(auto text, read_file(system_files(), file, kMaxPasswordBytes),
                           "reading the password");
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
  }
  for (const char* name : {"SEALIFT_PASSWORD", "COSIGN_PASSWORD"}) {
    if (const char* value = std::getenv(name)) return std::string(value);
  }
  found = false;
  return std::string();
}

Result<std::string> PasswordSource::read(const std::string& prompt) const {
  bool found = false;
  SEALIFT_ASSIGN(auto password, read_silently(found));
  if (found) return password;
  return ask(prompt);
}

Result<std::string> PasswordSource::read_new(const std::string& prompt) const {
  bool found = false;
  SEALIFT_ASSIGN(auto password, read_silently(found));
  if (found) return password;
  SEALIFT_ASSIGN(auto first, ask(prompt));
  SEALIFT_ASSIGN(auto second, ask(prompt + " again"));
  if (first != second) {
    return fail(ErrorCode::kInvalidInput, "the two passwords differ; nothing was written");
  }
  return first;
}

}  // namespace sealift::program
