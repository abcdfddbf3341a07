// measure FILE PROGRAM ARGUMENT...: runs a program and writes "SECONDS CPU_SECONDS KIBIBYTES
// STATUS" to FILE, with what its children used. A small program of its own, because the kernel
// counts what the parent had in memory at the fork into the child's peak (exec_mmap in fs/exec.c):
// started from Python, nothing is below 10 MiB.
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include <spawn.h>
#include <unistd.h>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int error = posix_spawnp(&child, argv[2], nullptr, nullptr, argv + 2, environ);
  if (error != 0) {
    std::fprintf(stderr, "measure: %s: %s\n", argv[2], std::strerror(error));
    return 1;
  }
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 1;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::FILE* file = std::fopen(argv[1], "w");
  if (file == nullptr) return 1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::fprintf(file, "%.6f %.6f %ld %d\n", taken.count(),
               seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, code);
  return std::fclose(file) == 0 ? 0 : 1;
}
