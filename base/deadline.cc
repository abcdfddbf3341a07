#include <sealift/base/deadline.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

namespace sealift {
namespace {

// How long the thread sleeps while there is nothing to wait for. Any time will do: it is woken.
constexpr std::chrono::hours kIdle{1};

}  // namespace

struct DeadlineTimer::Entry {
  SteadyTime end;
  std::stop_source source{};
  std::atomic<bool> expired{false};
};

DeadlineTimer::~DeadlineTimer() {
  {
    const std::lock_guard lock(mutex_);
    assert(entries_.empty());
    stopping_ = true;
    wake_.request_stop();
  }
  thread_.join();
}

void DeadlineTimer::add(std::shared_ptr<Entry> entry) {
  const std::lock_guard lock(mutex_);
  const auto end = entry->end;
  entries_.emplace(end, std::move(entry));
  if (running_) {
    if (end < sleeps_until_) wake_.request_stop();
    return;
  }
  auto thread = SmallThread::start([this] { run(); });
  if (!thread) return;
  running_ = true;
  thread_ = *std::move(thread);
}

void DeadlineTimer::remove(const Entry& entry) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = entries_.equal_range(entry.end);
  const auto found =
      std::find_if(first, last, [&](const auto& one) { return one.second.get() == &entry; });
  if (found != last) entries_.erase(found);
}

DeadlineTimer::Entries::node_type DeadlineTimer::take_due() {
  const auto first = entries_.begin();
  const bool due = first != entries_.end() && first->first <= clock_.steady_now();
  return due ? entries_.extract(first) : Entries::node_type();
}

// Deadlines are mostly removed long before their time, and nobody is woken for that: the thread
// finds out when it wakes.
void DeadlineTimer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (const auto due = take_due()) {
      lock.unlock();
      due.mapped()->expired.store(true);
      due.mapped()->source.request_stop();
      lock.lock();
      continue;
    }
    const auto until = entries_.empty() ? clock_.steady_now() + kIdle : entries_.begin()->first;
    sleeps_until_ = until;
    wake_ = std::stop_source();
    const auto woken = wake_.get_token();
    lock.unlock();
    clock_.sleep_until(until, woken);
    lock.lock();
  }
}

Deadline::Deadline(DeadlineTimer& timer, SteadyTime end, std::stop_token outer)
    : timer_(timer),
      entry_(std::make_shared<DeadlineTimer::Entry>(end)),
      outer_(std::move(outer), Forward{entry_->source}) {
  timer_.add(entry_);
}

Deadline::~Deadline() { timer_.remove(*entry_); }

std::stop_token Deadline::token() const { return entry_->source.get_token(); }

bool Deadline::expired() const { return entry_->expired.load(); }

}  // namespace sealift
