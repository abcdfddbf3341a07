#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/snapshot.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace sealift::builder {

// One commit for many threads, each of which gets a snapshot to itself. A work tree has a single
// one, which they take in turns. Safe to use from many threads.
class SnapshotPool {
 public:
  explicit SnapshotPool(Snapshot first);

  const Commit& commit() const { return commit_; }
  // Files of a work tree belong to no commit.
  bool is_worktree() const { return is_worktree_; }
  // With a snapshot that nobody else uses meanwhile. Its own errors, or those of open_again().
  Result<> use(const std::function<Result<>(Snapshot& snapshot)>& work);

 private:
  Result<std::unique_ptr<Snapshot>> take();
  void give_back(std::unique_ptr<Snapshot> snapshot);

  const Commit commit_;
  const bool is_worktree_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Snapshot>> idle_;
  Snapshot pattern_;  // what others are opened from
};

}  // namespace sealift::builder
