#include <sealift/builder/snapshot_pool.h>

#include <utility>

namespace sealift::builder {

SnapshotPool::SnapshotPool(Snapshot first)
    : commit_(first.commit()), is_worktree_(first.is_worktree()), pattern_(first) {
  idle_.push_back(std::make_unique<Snapshot>(std::move(first)));
}

Result<std::unique_ptr<Snapshot>> SnapshotPool::take() {
  std::unique_lock lock(mutex_);
  if (is_worktree_) returned_.wait(lock, [&] { return !idle_.empty(); });
  if (!idle_.empty()) {
    auto snapshot = std::move(idle_.back());
    idle_.pop_back();
    return snapshot;
  }
  lock.unlock();
  SEALIFT_ASSIGN(auto opened, pattern_.open_again());
  return std::make_unique<Snapshot>(std::move(opened));
}

void SnapshotPool::give_back(std::unique_ptr<Snapshot> snapshot) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(snapshot));
  }
  returned_.notify_one();
}

Result<> SnapshotPool::use(const std::function<Result<>(Snapshot& snapshot)>& work) {
  SEALIFT_ASSIGN(auto snapshot, take());
  auto done = work(*snapshot);
  give_back(std::move(snapshot));
  return done;
}

}  // namespace sealift::builder
