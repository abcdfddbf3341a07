#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sealift::test {

struct ProcessOptions {
  std::string standard_input;
  // Set in addition to the test's own environment; nullopt removes a variable.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;
  std::string directory;  // empty: the test's own
};

struct ProcessResult {
  int exit_code = -1;  // -1 where a signal ended it
  int signal = 0;
  std::string out;
  std::string err;
};

// A program in the background. arguments[0] is its path, or a name that is searched on PATH. Its
// output is read all the time, so that it never waits for the test. A program that cannot be
// started ends with exit code 127. Whatever still runs when the object goes gets SIGKILL.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments, ProcessOptions options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send_signal(int signal);
  // Waits for the end; may be called again.
  ProcessResult wait();

  // Waits until one of the outputs holds the text; false where the program ended without it.
  bool wait_for_output(std::string_view text);
  std::string out();
  std::string err();

 private:
  void read_into(int descriptor, std::string& text);

  pid_t pid_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_;
  std::string err_;
  int open_outputs_ = 2;
  std::optional<ProcessResult> result_;
  std::vector<std::thread> threads_;
};

// Runs a program to its end.
ProcessResult run_process(const std::vector<std::string>& arguments, ProcessOptions options = {});

}  // namespace sealift::test
