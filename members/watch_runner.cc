#include "watch_runner.h"

#include <sealift/base/backoff.h>
#include <sealift/kube/observed_object.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sealift::members {
namespace {

constexpr Backoff kRetry{std::chrono::milliseconds(500), std::chrono::milliseconds(30'000)};
// An API server that has just started may refuse for a moment what its roles allow.
constexpr std::chrono::seconds kUntilRolesAreRead{3};

}  // namespace

WatchRunner::WatchRunner(WatchKey key, const kube::ApiClient& own, kube::ResourceMap& resources,
                         Listener& listener)
    : key_(std::move(key)), own_(own), resources_(resources), listener_(listener) {}

void WatchRunner::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  round_.request_stop();
}

void WatchRunner::restart() {
  const std::lock_guard lock(mutex_);
  round_.request_stop();
}

std::stop_token WatchRunner::begin_round() {
  const std::lock_guard lock(mutex_);
  if (!stopped_) round_ = std::stop_source();
  return round_.get_token();
}

bool WatchRunner::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void WatchRunner::run() {
  while (!is_stopped()) {
    const auto round = begin_round();
    auto resource = find(round);
    const auto ended = resource ? watch(*resource, round) : fail(std::move(resource).error());
    if (is_stopped()) return;
    if (round.stop_requested() || survives(ended.error(), round)) continue;
    listener_.on_end(*this, ended.error());
    return;
  }
}

// "Not served" lets a Delivery forget all its objects of the kind. A server that is starting leaves
// out what definitions add; it answers a request about their group with 503 until it knows better.
Result<kube::Resource> WatchRunner::find(std::stop_token round) {
  auto found = resources_.find_preferred(key_.kind.group, key_.kind.kind, round);
  const bool doubtful = !found && found.error().code() == ErrorCode::kNotFound;
  if (!doubtful || key_.kind.group.empty()) return found;
  auto group = own_.get(kube::group_path(key_.kind.group), {}, round);
  if (!group && group.error().code() != ErrorCode::kNotFound) {
    return fail(std::move(group).error());
  }
  return found;
}

Result<> WatchRunner::watch(const kube::Resource& resource, std::stop_token round) {
  listener_.on_served(*this, resource);
  const auto client = key_.account_name.empty()
                          ? own_
                          : own_.as_service_account(key_.account_namespace, key_.account_name);
  kube::WatchOptions options;
  options.name_space = key_.name_space;
  options.label_selector = kube::kPartOfLabel;  // there, whatever its value
  options.metadata_only = listener_.is_metadata_enough(*this);
  options.on_connection = [this](const Error* lost) { listener_.on_connection(*this, lost); };
  auto ended = kube::watch(
      client, resource, options,
      [&](kube::WatchEvent event) {
        if (event.type == kube::WatchEvent::Type::kSynced) {
          failures_ = 0;
          was_synced_ = true;
          was_refused_ = false;
        }
        return listener_.on_event(*this, resource, options.metadata_only, std::move(event));
      },
      round);
  // A version that is served no more: another may be.
  if (ended.error().code() == ErrorCode::kNotFound) {
    resources_.refresh();
    return fail(ErrorCode::kUnavailable, ended.error().message());
  }
  return ended;
}

bool WatchRunner::survives(const Error& error, std::stop_token round) {
  switch (error.code()) {
    case ErrorCode::kConflict:
      return true;
    case ErrorCode::kNotFound:
      return false;
    case ErrorCode::kForbidden:
      if (!was_synced_ || std::exchange(was_refused_, true)) return false;
      wait(kUntilRolesAreRead, std::move(round));
      return true;
    default:
      break;
  }
  listener_.on_connection(*this, &error);
  const auto& environment = own_.environment();
  std::chrono::milliseconds time = kRetry.delay(++failures_, random_fraction(environment.random));
  if (error.retry_after()) {
    time = std::max<std::chrono::milliseconds>(
        time, std::min(*error.retry_after(), std::chrono::seconds(120)));
  }
  wait(time, std::move(round));
  return true;
}

void WatchRunner::wait(std::chrono::milliseconds time, std::stop_token round) {
  auto& clock = own_.environment().clock;
  clock.sleep_until(clock.steady_now() + time, std::move(round));
}

}  // namespace sealift::members
