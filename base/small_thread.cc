#include <sealift/base/small_thread.h>

#include <pthread.h>

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace sealift {
namespace {

using Work = std::function<void()>;

// A sanitizer puts red zones around everything on the stack.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackFactor = 8;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t kStackFactor = 8;
#else
constexpr std::size_t kStackFactor = 1;
#endif
#else
constexpr std::size_t kStackFactor = 1;
#endif

void* run(void* argument) {
  const std::unique_ptr<Work> work(static_cast<Work*>(argument));
  (*work)();
  return nullptr;
}

}  // namespace

Result<SmallThread> SmallThread::start(std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes * kStackFactor);
  auto argument = std::make_unique<Work>(std::move(work));
  pthread_t handle{};
  const int refused = pthread_create(&handle, &attributes, &run, argument.get());
  pthread_attr_destroy(&attributes);
  if (refused != 0) {
    return fail(ErrorCode::kIo, "the system has no room for another thread (" +
                                    std::string(std::strerror(refused)) +
                                    "): raise the limit of processes of this user or container");
  }
  (void)argument.release();  // run() owns it now
  return SmallThread(handle);
}

SmallThread::SmallThread(SmallThread&& other) noexcept
    : handle_(other.handle_), runs_(std::exchange(other.runs_, false)) {}

SmallThread& SmallThread::operator=(SmallThread&& other) noexcept {
  assert(this != &other);
  join();
  handle_ = other.handle_;
  runs_ = std::exchange(other.runs_, false);
  return *this;
}

SmallThread::~SmallThread() { join(); }

void SmallThread::join() {
  if (std::exchange(runs_, false)) pthread_join(handle_, nullptr);
}

}  // namespace sealift
