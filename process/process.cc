#include <sealift/process/process.h>

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace sealift::process {
namespace {

using std::chrono::steady_clock;

constexpr int kPollMilliseconds = 50;

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kIo, "cannot make a pipe: " + reason(errno));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// A file in memory: nobody has to feed a pipe, and a secret reaches neither a disk nor the other
// end of a pipe that nobody reads.
Result<Descriptor> make_input(std::string_view bytes) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  while (file.is_open() && !bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (bytes.empty() && ::lseek(file.number(), 0, SEEK_SET) == 0) return file;
  return fail(ErrorCode::kIo, "cannot make a program's input: " + reason(errno));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// A child that is killed, with its whole group, and waited for in every case.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (ended_) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // The exit code, once there is one.
  std::optional<int> poll_exit() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    ended_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
  bool ended_ = false;
};

// Whoever started us may have ignored SIGCHLD, and that is inherited: the kernel would then throw
// exit codes away and give the number of the child to another process.
void keep_exit_codes() {
  struct sigaction action{};
  if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
    std::signal(SIGCHLD, SIG_DFL);
  }
}

// Without an input the program reads nothing.
Result<pid_t> spawn(const ProcessSpec& spec, const Descriptor& input, const Pipe& out,
                    const Pipe& err) {
  std::vector<std::string> arguments{spec.program};
  arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  std::vector<std::string> environment = spec.environment;

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input.is_open()) {
    posix_spawn_file_actions_adddup2(&actions, input.number(), STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, out.write_end.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end.number(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);

  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, spec.program.c_str(), &actions, &attributes,
                                  pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return fail(ErrorCode::kIo,
                "cannot start " + printable(spec.program, 400) + ": " + reason(error));
  }
  return pid;
}

// Reads what is there; closes the end when the other side did.
Result<> drain(Descriptor& end, std::string& into, const ProcessSpec& spec) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::read(end.number(), buffer.data(), buffer.size());
  if (size < 0) {
    if (errno == EINTR || errno == EAGAIN) return {};
    return fail(ErrorCode::kIo, "cannot read from " + spec.program + ": " + reason(errno));
  }
  if (size == 0) {
    end.reset();
    return {};
  }
  if (into.size() + static_cast<std::size_t>(size) > spec.max_output_bytes) {
    return fail(ErrorCode::kInvalidInput, spec.program + " wrote more than " +
                                              std::to_string(spec.max_output_bytes) + " bytes");
  }
  into.append(buffer.data(), static_cast<std::size_t>(size));
  return {};
}

Result<> check_patience(const ProcessSpec& spec, steady_clock::time_point deadline,
                        const std::stop_token& stop) {
  if (stop.stop_requested()) {
    return fail(ErrorCode::kCancelled, spec.program + " was stopped on request");
  }
  if (steady_clock::now() >= deadline) {
    return fail(ErrorCode::kUnavailable, spec.program + " did not end within " +
                                             std::to_string(spec.max_time.count()) +
                                             " seconds, and was stopped");
  }
  return {};
}

}  // namespace

std::string find_program(std::string_view search_path, std::string_view name) {
  while (!search_path.empty()) {
    const auto colon = search_path.find(':');
    const std::string_view directory = search_path.substr(0, colon);
    search_path =
        colon == std::string_view::npos ? std::string_view() : search_path.substr(colon + 1);
    // A relative entry would let the repository that is built bring its own program.
    if (!directory.starts_with('/')) continue;
    const std::string path = join_path(directory, name);
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

Result<ProcessOutput> run_process(const ProcessSpec& spec, std::stop_token stop) {
  Descriptor input;
  if (!spec.standard_input.empty()) {
    SEALIFT_ASSIGN(input, make_input(spec.standard_input));
  }
  SEALIFT_ASSIGN(Pipe out, make_pipe());
  SEALIFT_ASSIGN(Pipe err, make_pipe());
  const auto deadline = steady_clock::now() + spec.max_time;
  keep_exit_codes();
  SEALIFT_ASSIGN(const pid_t pid, spawn(spec, input, out, err));
  Child child(pid);
  input.reset();
  out.write_end.reset();
  err.write_end.reset();

  ProcessOutput output;
  while (out.read_end.is_open() || err.read_end.is_open()) {
    SEALIFT_TRY(check_patience(spec, deadline, stop));
    // poll() passes over the descriptor -1 of a stream that has ended.
    std::array<pollfd, 2> waiting{pollfd{out.read_end.number(), POLLIN, 0},
                                  pollfd{err.read_end.number(), POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), kPollMilliseconds) <= 0) continue;
    if (waiting[0].revents != 0) SEALIFT_TRY(drain(out.read_end, output.out, spec));
    if (waiting[1].revents != 0) SEALIFT_TRY(drain(err.read_end, output.err, spec));
  }
  for (;;) {
    if (const auto code = child.poll_exit()) {
      output.exit_code = *code;
      return output;
    }
    SEALIFT_TRY(check_patience(spec, deadline, stop));
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace sealift::process
