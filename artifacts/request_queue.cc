#include "request_queue.h"

#include <system_error>
#include <utility>

namespace sealift::artifacts {

Result<> RequestQueue::add(std::string name, std::string lane, std::string owner, Work work) {
  std::unique_lock lock(mutex_);
  join_ended(lock);
  if (stopped_) return fail(ErrorCode::kCancelled, "the puller is stopping");
  const auto ticket = schedule_.add(std::move(lane), std::move(owner));
  names_[name] = ticket;
  waiting_[ticket] = {std::move(name), std::move(work)};
  if (threads_.size() >= limits_.threads || !schedule_.can_take()) return {};
  auto started = start_thread();
  // Who is at work already comes to it later.
  if (started || !threads_.empty()) return {};
  // With nobody at work nothing else waits.
  schedule_.clear();
  names_.clear();
  waiting_.clear();
  return started;
}

void RequestQueue::join(const std::string& name, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto ticket = names_.find(name);
  if (ticket == names_.end()) return;
  schedule_.join(ticket->second, owner);
  // On this owner's turn it may start at once. Without a thread more it starts later.
  if (threads_.size() < limits_.threads && schedule_.can_take()) (void)start_thread();
}

Result<> RequestQueue::start_thread() {
  try {
    std::thread thread([this] { work(); });
    const auto id = thread.get_id();
    threads_[id] = std::move(thread);
    return {};
  } catch (const std::system_error& error) {
    return fail(ErrorCode::kUnavailable,
                "the machine gives no thread for a request (" + std::string(error.what()) +
                    "): raise the limit on processes, or give the puller more memory");
  }
}

void RequestQueue::work() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const auto ticket = schedule_.take();
    if (!ticket) break;
    auto piece = waiting_.extract(*ticket);
    names_.erase(piece.mapped().name);
    if (threads_.size() < limits_.threads && schedule_.can_take()) (void)start_thread();
    lock.unlock();
    piece.mapped().work(stop_.get_token());
    piece = {};
    lock.lock();
    schedule_.done(*ticket);
  }
  // stop() may have taken the handle already, to join it.
  auto self = threads_.extract(std::this_thread::get_id());
  if (!self.empty()) ended_.push_back(std::move(self.mapped()));
}

void RequestQueue::join_ended(std::unique_lock<std::mutex>& lock) {
  auto ended = std::exchange(ended_, {});
  if (ended.empty()) return;
  lock.unlock();
  for (auto& thread : ended) thread.join();
  lock.lock();
}

void RequestQueue::stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  schedule_.clear();
  names_.clear();
  const auto dropped = std::exchange(waiting_, {});
  auto threads = std::exchange(threads_, {});
  lock.unlock();
  stop_.request_stop();
  for (auto& [id, thread] : threads) thread.join();
  lock.lock();
  join_ended(lock);
}

}  // namespace sealift::artifacts
