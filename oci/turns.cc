#include "turns.h"

namespace sealift::oci {

Result<Turns::Turn> Turns::take(const std::string& name, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return !taken_.contains(name); })) {
    return fail(ErrorCode::kCancelled, "stopped while waiting for the turn at " + name);
  }
  taken_.insert(name);
  return Turn(*this, name);
}

void Turns::give_on(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    taken_.erase(name);
  }
  changed_.notify_all();
}

}  // namespace sealift::oci
