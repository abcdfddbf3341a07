#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sealift::artifacts {

// Who wants the same shares one piece of work and its answer, by key. A function of calls and
// times: it does no work itself, knows no thread, and the caller holds the lock.
template <typename Value>
class SharedWork {
 public:
  struct Keeping {
    // An answer that was waited for is there for the one who waited this long, however old.
    std::chrono::milliseconds uncollected{60'000};
    // False: a value is forgotten when all that waited for it have it.
    bool values = true;
  };
  explicit SharedWork(Keeping keeping = {}) : keeping_(keeping) {}

  // Neither an answer nor `start`: it is being done. With `start` the caller has to do it, and to
  // call finish() in every case.
  struct Reply {
    std::optional<Result<Value>> answer;
    bool start = false;
  };
  // A value is good while it is younger than `max_age`; its age begins where the work did. Without
  // a good one the asker waits, and gets whatever that work comes to.
  Reply ask(const std::string& key, const std::string& asker, std::chrono::milliseconds max_age,
            SteadyTime now) {
    auto& entry = entries_[key];
    entry.needed_until = std::max(entry.needed_until, now + 2 * max_age + kIdle);
    if (auto owed = collect(key, asker, now)) return {std::move(owed), false};
    if (entry.value && !entry.expired && now - entry.value_from < max_age) {
      return {Result<Value>(*entry.value), false};
    }
    if (entry.error && now < entry.error_until) return {Result<Value>(fail(*entry.error)), false};
    entry.waiting.insert(asker);
    if (entry.running) return {};
    begin(entry, now);
    return {std::nullopt, true};
  }

  // What this asker has waited for; nullopt where there is no such thing (yet).
  std::optional<Result<Value>> collect(const std::string& key, const std::string& asker,
                                       SteadyTime now) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.owed.erase(asker) == 0) return std::nullopt;
    auto& entry = found->second;
    if (now >= entry.owed_until) return std::nullopt;
    if (entry.last_failed) return Result<Value>(fail(*entry.error));
    Result<Value> value(*entry.value);
    if (!keeping_.values && entry.owed.empty()) entry.value.reset();
    return value;
  }

  // What this asker has waited for until now is too old for it.
  void decline(const std::string& key, const std::string& asker) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) found->second.owed.erase(asker);
  }

  struct Finished {
    std::vector<std::string> waiting;  // to be told that there is an answer
    std::optional<Value> before;       // the value that this one replaces
    bool again = false;  // it expired meanwhile: the caller has to do it once more, and finish()
  };
  // An error is given to everybody who asks within `error_age`.
  Finished finish(const std::string& key, Result<Value> result, std::chrono::milliseconds error_age,
                  SteadyTime now) {
    auto& entry = entries_[key];
    Finished finished;
    entry.running = false;
    entry.last_failed = !result;
    if (result) {
      finished.before = std::exchange(entry.value, *std::move(result));
      entry.value_from = entry.started;
      entry.expired = false;
      entry.error.reset();
    } else {
      entry.error = std::move(result).error();
      entry.error_until = now + error_age;
    }
    entry.owed_until = now + keeping_.uncollected;
    finished.waiting.assign(entry.waiting.begin(), entry.waiting.end());
    entry.owed = std::exchange(entry.waiting, {});
    if (std::exchange(entry.expired_meanwhile, false)) {
      entry.expired = true;
      begin(entry, now);
      finished.again = true;
    }
    return finished;
  }

  // Whoever asks from now on is not content with what is there or under way.
  void expire(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    auto& entry = found->second;
    entry.expired = true;
    entry.expired_meanwhile = entry.running;
    entry.error_until = {};
    entry.owed.clear();
  }

  // The same for what is under way among the keys that the first predicate names, and for their
  // values that the second one names.
  template <typename KeyPredicate, typename ValuePredicate>
  void expire_if(const KeyPredicate& is_meant, const ValuePredicate& is_concerned) {
    for (auto& [key, entry] : entries_) {
      if (!is_meant(key)) continue;
      if (entry.running) entry.expired_meanwhile = true;
      if (!entry.value || !is_concerned(*entry.value)) continue;
      entry.expired = true;
      entry.owed.clear();
    }
  }

  // Forgets what nobody has asked for in a long time, and values that the predicate names.
  template <typename Predicate>
  void forget(SteadyTime now, const Predicate& is_outdated) {
    for (auto at = entries_.begin(); at != entries_.end();) {
      auto& entry = at->second;
      if (now >= entry.owed_until) entry.owed.clear();
      const bool in_use = entry.running || !entry.owed.empty();
      if (!in_use && !keeping_.values) entry.value.reset();
      const bool outdated = entry.value && is_outdated(*entry.value);
      at = !in_use && (outdated || now >= entry.needed_until) ? entries_.erase(at) : ++at;
    }
  }

  std::size_t size() const { return entries_.size(); }

 private:
  // What is asked for so seldom is not worth its memory.
  static constexpr std::chrono::minutes kIdle{2};

  struct Entry {
    bool running = false;
    SteadyTime started;
    std::set<std::string> waiting;
    std::optional<Value> value;
    SteadyTime value_from;
    bool expired = false;
    bool expired_meanwhile = false;
    std::optional<Error> error;
    SteadyTime error_until;
    bool last_failed = false;
    std::set<std::string> owed;  // who waited for the last work and has not come for its answer
    SteadyTime owed_until;
    SteadyTime needed_until;
  };

  static void begin(Entry& entry, SteadyTime now) {
    entry.running = true;
    entry.started = now;
  }

  Keeping keeping_;
  std::map<std::string, Entry> entries_;
};

}  // namespace sealift::artifacts
