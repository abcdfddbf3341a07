#include "digest_tasks.h"

namespace sealift::oci {

Result<> DigestTasks::once(const Digest& digest, const std::function<Result<>()>& task) {
  std::unique_lock lock(mutex_);
  const auto [entry, is_first] = tasks_.try_emplace(digest);
  std::optional<Result<>>& done = entry->second;  // entries are never removed
  if (!is_first) {
    done_.wait(lock, [&] { return done.has_value(); });
    if (*done || done->error().code() != ErrorCode::kCancelled) return *done;
    // Another thread was stopped, which need not be so for this one.
    lock.unlock();
    return task();
  }
  lock.unlock();
  Result<> result = task();
  lock.lock();
  done = result;
  done_.notify_all();
  return result;
}

bool DigestTasks::knows(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  return tasks_.contains(digest);
}

}  // namespace sealift::oci
