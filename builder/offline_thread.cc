#include "offline_thread.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <thread>

namespace sealift::builder {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kForeignCalls = 0x40000000;  // x32 numbers begin here
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kForeignCalls = 0x40000000;  // no call has such a number
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
constexpr std::uint32_t kForeignCalls = 0x40000000;
#else
#error "name this machine's AUDIT_ARCH_ constant here"
#endif

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter skip_where(std::uint16_t comparison, std::uint32_t value, std::uint8_t yes,
                                 std::uint8_t no) {
  return {static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), yes, no, value};
}
constexpr sock_filter answer(std::uint32_t action) { return {BPF_RET | BPF_K, 0, 0, action}; }

// Returns 0 or errno. Counts for this thread and what it starts, and cannot be taken back.
int take_network() {
  // The family is the low half of the argument: these machines are little endian.
  std::array filter{
      load(offsetof(seccomp_data, arch)),    skip_where(BPF_JEQ, kArchitecture, 0, 6),
      load(offsetof(seccomp_data, nr)),      skip_where(BPF_JGE, kForeignCalls, 4, 0),
      skip_where(BPF_JEQ, SYS_socket, 0, 2), load(offsetof(seccomp_data, args)),
      skip_where(BPF_JEQ, AF_UNIX, 0, 1),    answer(SECCOMP_RET_ALLOW),
      answer(SECCOMP_RET_ERRNO | EACCES),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return errno;
  return 0;
}

}  // namespace

Result<> run_offline(const std::function<void()>& work) {
  int error = 0;
  std::thread([&] {
    error = take_network();
    if (error == 0) work();
  }).join();
  if (error == 0) return {};
  return fail(ErrorCode::kIo,
              "cannot start a program without network, because the kernel takes no seccomp "
              "filter: " +
                  std::generic_category().message(error));
}

}  // namespace sealift::builder
