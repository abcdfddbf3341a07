#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <functional>
#include <thread>

namespace sealift {

// A thread for work that mostly waits for a server, of which a program may have hundreds. Its stack
// is a sixteenth of the usual one, and still carries JSON as deep as any limit of ours allows.
class SmallThread {
 public:
  static constexpr std::size_t kStackBytes = 512u << 10;

  // `work` must not throw. kIo where the system has no room for another thread.
  static Result<SmallThread> start(std::function<void()> work);

  SmallThread() = default;  // none
  SmallThread(SmallThread&& other) noexcept;
  SmallThread& operator=(SmallThread&& other) noexcept;
  // Waits for the work's end, as join() does: the owner has told it to end before.
  ~SmallThread();

  void join();

 private:
  explicit SmallThread(std::thread::native_handle_type handle) : handle_(handle), runs_(true) {}

  std::thread::native_handle_type handle_{};
  bool runs_ = false;
};

}  // namespace sealift
