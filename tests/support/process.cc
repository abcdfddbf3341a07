#include "support/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

extern char** environ;

namespace sealift::test {
namespace {

constexpr int kCannotStart = 127;  // what a shell answers for a command that is not there

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return {ends[0], ends[1]};
}

std::vector<std::string> environment_with(const ProcessOptions& options) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::string_view name = line.substr(0, line.find('='));
    bool replaced = false;
    for (const auto& change : options.environment) replaced = replaced || change.first == name;
    if (!replaced) result.emplace_back(line);
  }
  for (const auto& [name, value] : options.environment) {
    if (value) result.push_back(name + "=" + *value);
  }
  return result;
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const auto& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec only what a signal handler may do is allowed: the test may have threads.
[[noreturn]] void become(char* const* arguments, char** environment, const std::string& directory,
                         const Pipe& in, const Pipe& out, const Pipe& err) {
  ::dup2(in.read_end, STDIN_FILENO);
  ::dup2(out.write_end, STDOUT_FILENO);
  ::dup2(err.write_end, STDERR_FILENO);
  if (directory.empty() || ::chdir(directory.c_str()) == 0) {
    ::execvpe(arguments[0], arguments, environment);
  }
  ::_exit(kCannotStart);
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;  // the program does not want to hear the rest
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  ::close(descriptor);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, ProcessOptions options) {
  // Writing to a program that has ended must be an error of write(), not the end of the test.
  ::signal(SIGPIPE, SIG_IGN);
  const auto environment = environment_with(options);
  const auto argument_pointers = pointers_to(arguments);
  auto environment_pointers = pointers_to(environment);
  const Pipe in = make_pipe();
  const Pipe out = make_pipe();
  const Pipe err = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    become(argument_pointers.data(), environment_pointers.data(), options.directory, in, out, err);
  }
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  threads_.emplace_back(
      [in, input = std::move(options.standard_input)] { write_all(in.write_end, input); });
  threads_.emplace_back([this, out] { read_into(out.read_end, out_); });
  threads_.emplace_back([this, err] { read_into(err.read_end, err_); });
}

Process::~Process() {
  if (!result_) send_signal(SIGKILL);
  wait();
}

void Process::read_into(int descriptor, std::string& text) {
  std::array<char, 16384> piece{};
  while (true) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count > 0) {
      text.append(piece.data(), static_cast<std::size_t>(count));
    } else {
      --open_outputs_;
    }
    changed_.notify_all();
    if (count <= 0) break;
  }
  ::close(descriptor);
}

void Process::send_signal(int signal) {
  if (!result_) ::kill(pid_, signal);
}

ProcessResult Process::wait() {
  if (result_) return *result_;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  for (auto& thread : threads_) thread.join();
  ProcessResult result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  result.out = out_;
  result.err = err_;
  result_ = result;
  return result;
}

bool Process::wait_for_output(std::string_view text) {
  std::unique_lock lock(mutex_);
  const auto found = [&] {
    return out_.find(text) != std::string::npos || err_.find(text) != std::string::npos;
  };
  changed_.wait(lock, [&] { return found() || open_outputs_ == 0; });
  return found();
}

std::string Process::out() {
  const std::lock_guard lock(mutex_);
  return out_;
}

std::string Process::err() {
  const std::lock_guard lock(mutex_);
  return err_;
}

ProcessResult run_process(const std::vector<std::string>& arguments, ProcessOptions options) {
  return Process(arguments, std::move(options)).wait();
}

}  // namespace sealift::test
