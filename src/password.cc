#include "password.h"

#include <sealift/base/file_system.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPasswordBytes = 4096;
constexpr const char* kPasswordAdvice =
    "set SEALIFT_PASSWORD or COSIGN_PASSWORD, or give --password-file";

// Readable as soon as a stop is requested: for poll().
class StopDescriptor {
 public:
  explicit StopDescriptor(std::stop_token stop)
      : descriptor_(::eventfd(0, EFD_CLOEXEC)), callback_(std::move(stop), Wake{descriptor_}) {}
  ~StopDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  StopDescriptor(const StopDescriptor&) = delete;
  StopDescriptor& operator=(const StopDescriptor&) = delete;
  int number() const { return descriptor_; }

 private:
  struct Wake {
    int descriptor;
    void operator()() const { ::eventfd_write(descriptor, 1); }
  };
  int descriptor_;
  std::stop_callback<Wake> callback_;
};

// The terminal with its echo on or off, as long as this lives.
class Terminal {
 public:
  explicit Terminal(Echo echo) : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) return;
    termios wanted = before_;
    if (echo == Echo::kOff) wanted.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(descriptor_, TCSAFLUSH, &wanted) == 0;
  }
  ~Terminal() {
    if (changed_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool usable() const { return changed_; }
  void say(const std::string& text) const {
    // Nothing to do about a terminal that cannot be written to.
    [[maybe_unused]] const auto written = ::write(descriptor_, text.data(), text.size());
  }
  // Nullopt where the line does not come to its end.
  std::optional<std::string> read_line(const std::stop_token& stop) const {
    const StopDescriptor stopped(stop);
    std::string line;
    while (line.size() < kMaxPasswordBytes) {
      std::array<pollfd, 2> waiting = {{{descriptor_, POLLIN, 0}, {stopped.number(), POLLIN, 0}}};
      char c = 0;
      if (::poll(waiting.data(), waiting.size(), -1) < 0 || waiting[1].revents != 0)
        return std::nullopt;
      if (::read(descriptor_, &c, 1) != 1) return std::nullopt;
      if (c == '\n') return line;
      line += c;
    }
    return line;
  }

 private:
  int descriptor_;
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Result<std::string> ask_person(const std::string& prompt, const std::string& advice, Echo echo,
                               std::stop_token stop) {
  const Terminal terminal(echo);
  if (!terminal.usable()) {
    return fail(ErrorCode::kUnauthenticated,
                prompt + " is needed and there is no terminal to ask on; " + advice);
  }
  terminal.say(prompt + ": ");
  auto line = terminal.read_line(stop);
  if (!line || echo == Echo::kOff) terminal.say("\n");
  if (!line) {
    return fail(ErrorCode::kCancelled, (echo == Echo::kOff ? "no password" : "no answer") +
                                           std::string(" was given; nothing was done"));
  }
  return *std::move(line);
}

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

Result<std::string> PasswordSource::read(const std::string& prompt, std::stop_token stop) const {
  bool found = false;
  SEALIFT_ASSIGN(auto password, read_silently(found));
  if (found) return password;
  return ask_person(prompt, kPasswordAdvice, Echo::kOff, std::move(stop));
}

Result<std::string> PasswordSource::read_new(const std::string& prompt,
                                             std::stop_token stop) const {
  bool found = false;
  SEALIFT_ASSIGN(auto password, read_silently(found));
  if (found) return password;
  SEALIFT_ASSIGN(auto first, ask_person(prompt, kPasswordAdvice, Echo::kOff, stop));
  SEALIFT_ASSIGN(auto second, ask_person(prompt + ", again", kPasswordAdvice, Echo::kOff, stop));
  if (first != second) {
    return fail(ErrorCode::kInvalidInput, "the two passwords differ; nothing was written");
  }
  return first;
}

Result<std::string> read_pin(const std::string& token, std::stop_token stop) {
  for (const char* name : {"SEALIFT_PKCS11_PIN", "COSIGN_PKCS11_PIN"}) {
    if (const char* value = std::getenv(name)) return std::string(value);
  }
  return ask_person(
      "PIN of token \"" + token + "\"",
      "set SEALIFT_PKCS11_PIN or COSIGN_PKCS11_PIN, or give pin-source=file:/PATH in the URI",
      Echo::kOff, std::move(stop));
}

}  // namespace sealift::program
