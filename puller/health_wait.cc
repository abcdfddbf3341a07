#include "health_wait.h"

#include <sealift/kube/apply.h>
#include <sealift/kube/watch.h>
#include <sealift/objects/existence_health.h>
#include <sealift/objects/health.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace sealift::puller {
namespace {

constexpr std::size_t kMaxReported = 5;
constexpr std::chrono::seconds kUntilFirstWord{5};
constexpr std::chrono::seconds kBetweenWords{30};
// Each is a thread and a connection.
constexpr std::size_t kMaxWatches = 32;

struct WatchTarget {
  objects::GroupVersionKind gvk;
  std::string name_space;
  auto operator<=>(const WatchTarget&) const = default;
};

// What the watches have found out, shared between their threads and the one that waits.
class Board {
 public:
  explicit Board(const std::vector<const objects::Object*>& objects) {
    for (const auto* object : objects) {
      statuses_[object->id()] = {objects::Health::kNotFound, "it is not there yet"};
    }
  }

  void set(const objects::ObjectId& id, objects::HealthStatus status) {
    std::scoped_lock lock(mutex_);
    const auto it = statuses_.find(id);
    if (it == statuses_.end()) return;
    it->second = std::move(status);
    changed_.notify_all();
  }

  // What was known of them is out of date: the watch tells all of it again.
  void forget(const WatchTarget& target) {
    std::scoped_lock lock(mutex_);
    for (auto& [id, status] : statuses_) {
      if (id.group != target.gvk.group || id.kind != target.gvk.kind) continue;
      if (id.name_space != target.name_space) continue;
      status = {objects::Health::kNotFound, "it is not there yet"};
    }
  }

  void set_error(Error error) {
    std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::move(error);
    changed_.notify_all();
  }

  // Says from time to time what is waited for: the default timeout is minutes long.
  Result<> wait(std::stop_token stop, const Logger& log) {
    std::unique_lock lock(mutex_);
    auto patience = kUntilFirstWord;
    while (!changed_.wait_for(lock, stop, patience, [this] {
      return error_ || failed() || all_current();
    }) && !stop.stop_requested()) {
      const auto unhealthy = describe(false);
      lock.unlock();
      log.info("waiting", {{"for", unhealthy}});
      lock.lock();
      patience = kBetweenWords;
    }
    if (error_) return fail(*error_);
    if (failed()) {
      return fail(ErrorCode::kInvalidInput, "what was applied has failed: " + describe(true));
    }
    if (all_current()) return {};
    return fail(ErrorCode::kCancelled,
                "not everything that was applied is healthy: " + describe(false));
  }

 private:
  bool all_current() const {
    return std::all_of(statuses_.begin(), statuses_.end(), [](const auto& entry) {
      return entry.second.health == objects::Health::kCurrent;
    });
  }
  bool failed() const {
    return std::any_of(statuses_.begin(), statuses_.end(), [](const auto& entry) {
      return entry.second.health == objects::Health::kFailed;
    });
  }
  std::string describe(bool failed_alone) const {
    std::string text;
    std::size_t count = 0;
    for (const auto& [id, status] : statuses_) {
      if (status.health == objects::Health::kCurrent) continue;
      if (failed_alone && status.health != objects::Health::kFailed) continue;
      if (++count > kMaxReported) continue;
      text += (text.empty() ? "" : "; ") + id.to_string() + " is " +
              std::string(to_string(status.health)) +
              (status.reason.empty() ? "" : " (" + status.reason + ")");
    }
    if (count > kMaxReported) text += "; and " + std::to_string(count - kMaxReported) + " more";
    return text;
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<objects::ObjectId, objects::HealthStatus> statuses_;
  std::optional<Error> error_;
};

Result<> note(const kube::WatchEvent& event, const WatchTarget& target, Board& board) {
  using Type = kube::WatchEvent::Type;
  if (event.type == Type::kReset) board.forget(target);
  if (event.type == Type::kReset || event.type == Type::kSynced) return {};
  const objects::ObjectId id{target.gvk.group, target.gvk.kind,
                             std::string(event.object.string_at({"metadata", "namespace"})),
                             std::string(event.object.string_at({"metadata", "name"}))};
  if (event.type == Type::kDeleted) {
    board.set(id, {objects::Health::kNotFound, "it was deleted meanwhile"});
  } else {
    board.set(id, objects::health_of(event.object));
  }
  return {};
}

void follow(const ClusterSession& session, const WatchTarget& target, Board& board,
            std::stop_token stop) {
  auto resource = session.resources.find(target.gvk, stop);
  if (!resource) return board.set_error(std::move(resource).error());
  const kube::WatchOptions options{
      target.name_space, std::string(kube::kPartOfLabel) + "=" + session.applyset_id, false};
  auto ended = kube::watch(
      session.objects, *resource, options,
      [&](kube::WatchEvent event) { return note(event, target, board); }, stop);
  if (!ended && ended.error().code() != ErrorCode::kCancelled) {
    board.set_error(std::move(ended).error().with_context("watching " + target.gvk.kind));
  }
}

using WatchedObjects = std::map<WatchTarget, std::vector<const objects::Object*>>;

// One watch for each target, all at once.
Result<> watch_until_healthy(const ClusterSession& session, const WatchedObjects& watched,
                             std::stop_token stop) {
  std::vector<const objects::Object*> objects;
  for (const auto& [target, members] : watched) {
    objects.insert(objects.end(), members.begin(), members.end());
  }
  Board board(objects);
  // The threads end with this scope: their tokens are requested before they are joined.
  std::vector<std::jthread> threads;
  for (const auto& [target, members] : watched) {
    threads.emplace_back([&session, &where = target, &board](std::stop_token done) {
      follow(session, where, board, std::move(done));
    });
  }
  return board.wait(std::move(stop), session.log);
}

}  // namespace

Result<> wait_until_healthy(const ClusterSession& session,
                            const std::vector<const objects::Object*>& objects,
                            std::stop_token stop) {
  WatchedObjects waited_for;
  for (const auto* object : objects) {
    if (objects::is_healthy_by_existing(object->gvk().group, object->gvk().kind)) continue;
    waited_for[{object->gvk(), object->name_space()}].push_back(object);
  }
  while (!waited_for.empty()) {
    WatchedObjects some;
    while (!waited_for.empty() && some.size() < kMaxWatches) {
      some.insert(waited_for.extract(waited_for.begin()));
    }
    SEALIFT_TRY(watch_until_healthy(session, some, stop));
  }
  return {};
}

}  // namespace sealift::puller
