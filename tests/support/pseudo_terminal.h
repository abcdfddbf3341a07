#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sealift::test {

// A program with a terminal of its own, and somebody who types. Whatever still runs when the object
// goes gets SIGKILL.
class PseudoTerminal {
 public:
  explicit PseudoTerminal(const std::vector<std::string>& arguments);
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  void type(std::string_view text) const;
  // Waits until the screen has shown the text; false where the program ended without it.
  bool wait_for(std::string_view text);
  // Waits for the end; the exit code, or -1 where a signal ended it.
  int wait();
  // Whether the terminal shows what is typed.
  bool echoes() const;
  // All that was shown up to now.
  std::string output();

 private:
  void read_screen();

  pid_t pid_ = -1;
  int screen_ = -1;    // the side of who types
  int terminal_ = -1;  // the program's side, kept open so that its settings can be asked
  bool ended_ = false;
  int exit_code_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool closed_ = false;
  std::thread reader_;
};

}  // namespace sealift::test
