#pragma once

#include <sealift/base/small_thread.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "member_table.h"
#include "watch_key.h"
#include "watch_runner.h"

namespace sealift::members {

// The watches of one cluster that run, each on a thread of its own, and those that were told to end
// and have not yet. The caller holds the view's lock, which the threads take themselves: so their
// ends are waited for elsewhere, by letting go of what take_ended() and take_all() give.
class RunningWatches {
 public:
  using Id = MemberTable::WatchId;
  struct Watch {
    Id id = 0;
    std::unique_ptr<WatchRunner> runner;
    SmallThread thread;  // goes first, and waits for its end
  };
  using Ended = std::vector<Watch>;

  // All must outlive the watches.
  RunningWatches(const kube::ApiClient& own, kube::ResourceMap& resources,
                 WatchRunner::Listener& listener)
      : own_(own), resources_(resources), listener_(listener) {}
  // Tells all to end and waits for them: without the lock.
  ~RunningWatches() { take_all(); }

  // None may run under that key. kIo where the system has no room for another thread.
  Result<Id> start(const WatchKey& key);
  // Tells it to end; nullopt where none runs.
  std::optional<Id> retire(const WatchKey& key);
  // It tells everything again. Nothing where none runs.
  void restart(const WatchKey& key);

  // Nullopt where the runner was told to end and has not yet.
  std::optional<Id> find(const WatchRunner& runner) const;
  std::vector<WatchKey> keys_of(const std::vector<Id>& ids) const;
  std::size_t size() const { return running_.size(); }

  bool has_ended() const { return !ended_.empty(); }
  Ended take_ended();
  // Tells all to end.
  Ended take_all();

 private:
  const kube::ApiClient& own_;
  kube::ResourceMap& resources_;
  WatchRunner::Listener& listener_;
  std::map<WatchKey, Watch> running_;
  Ended ended_;
  Id last_id_ = 0;
};

}  // namespace sealift::members
