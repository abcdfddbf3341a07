#include "shared_resolver.h"

#include <set>
#include <utility>

#include "artifact_fetch.h"

namespace sealift::artifacts {
namespace {

using std::chrono::milliseconds;

// How long beyond its own interval a Delivery counts as one that follows a reference.
constexpr std::chrono::minutes kGrace{10};

std::string name_of(const ArtifactAccess& access) { return "resolve " + access.key; }

}  // namespace

ArtifactLibrary::Answer<Resolved> SharedResolver::resolve(const ArtifactAccess& access,
                                                          milliseconds max_age,
                                                          const std::string& waiter) {
  if (access.select.digest) return Resolved{*access.select.digest, ""};
  const auto now = work_.clock.steady_now();
  std::unique_lock lock(mutex_);
  watchers_.watch(access.key, access.repository.name(), access.select.tag, waiter,
                  now + 2 * max_age + kGrace);
  if (max_age == milliseconds(0)) answers_.decline(access.key, waiter);
  auto reply = answers_.ask(access.key, waiter, max_age, now);
  lock.unlock();
  if (reply.answer) return answer_of(*std::move(reply.answer));
  if (reply.start) {
    begin(access, owner_of(waiter));
  } else {
    work_.network.join(name_of(access), owner_of(waiter));
  }
  return std::nullopt;
}

void SharedResolver::begin(const ArtifactAccess& access, const std::string& owner) {
  auto added = work_.network.add(
      name_of(access), lane_of(access), owner, [this, access, owner](std::stop_token stop) {
        auto repository = work_.repositories.open(access, work_.clock.steady_now());
        if (!repository) return finish(access, owner, fail(std::move(repository).error()));
        finish(access, owner,
               resolve_now(**repository, access.repository.name(), access.select, stop));
      });
  if (!added) finish(access, owner, fail(std::move(added).error()));
}

void SharedResolver::finish(const ArtifactAccess& access, const std::string& owner,
                            Result<Resolved> result) {
  std::unique_lock lock(mutex_);
  const auto age = result ? milliseconds(0) : error_age(result.error());
  auto finished = answers_.finish(access.key, result, age, work_.clock.steady_now());
  std::set<std::string> told(finished.waiting.begin(), finished.waiting.end());
  if (result && finished.before && finished.before->digest != result->digest) {
    // All see the change at once, and not each at the end of its own interval.
    for (auto& watcher : watchers_.of(access.key)) told.insert(std::move(watcher));
  }
  lock.unlock();
  work_.tell({told.begin(), told.end()});
  if (finished.again) begin(access, owner);
}

std::vector<std::string> SharedResolver::expire(const std::string& repository_name,
                                                const std::string& tag) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> waiters;
  for (const auto& key : watchers_.keys(repository_name, tag)) {
    answers_.expire(key);
    for (auto& watcher : watchers_.of(key)) waiters.insert(std::move(watcher));
  }
  return {waiters.begin(), waiters.end()};
}

void SharedResolver::forget_unused(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  answers_.forget(now, [](const Resolved&) { return false; });
  watchers_.forget(now);
}

}  // namespace sealift::artifacts
