#include "token_cache.h"

#include <utility>

namespace sealift::oci {

Result<std::string> TokenCache::get(const std::string& scopes, const Fetch& fetch,
                                    const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    const Entry& entry = entries_[scopes];
    if (entry.token && clock_.steady_now() < entry.token->ends) return entry.token->value;
    const auto flight = entry.flight;
    if (flight == nullptr) return fly(scopes, fetch, stop, lock);
    if (!changed_.wait(lock, stop, [&] { return flight->ended; })) {
      return fail(ErrorCode::kCancelled, "stopped while another thread fetched the token");
    }
    if (flight->value) return *flight->value;
    if (flight->error) return fail(*flight->error);
  }
}

// Fetches for all who wait. The lock is held at both ends, not in between.
Result<std::string> TokenCache::fly(const std::string& scopes, const Fetch& fetch,
                                    const std::stop_token& stop,
                                    std::unique_lock<std::mutex>& lock) {
  const auto flight = std::make_shared<Flight>();
  entries_[scopes].flight = flight;
  lock.unlock();
  auto fetched = fetch();
  lock.lock();
  flight->ended = true;
  if (fetched) {
    flight->value = fetched->value;
  } else if (!stop.stop_requested()) {
    flight->error = fetched.error();
  }
  // drop() may have made room for another flight meanwhile.
  const auto entry = entries_.find(scopes);
  if (entry != entries_.end() && entry->second.flight == flight) {
    entry->second.flight.reset();
    if (fetched) entry->second.token = *fetched;
  }
  changed_.notify_all();
  if (!fetched) return fail(std::move(fetched).error());
  return std::move(fetched)->value;
}

void TokenCache::drop(const std::string& scopes, std::string_view refused) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(scopes);
  if (entry == entries_.end() || !entry->second.token) return;
  if (entry->second.token->value == refused) entry->second.token.reset();
}

void TokenCache::drop(const std::string& scopes) {
  const std::lock_guard lock(mutex_);
  entries_.erase(scopes);
}

}  // namespace sealift::oci
