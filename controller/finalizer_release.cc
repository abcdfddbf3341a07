#include <sealift/base/backoff.h>
#include <sealift/controller/finalizer_release.h>

#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "due_queue.h"

namespace sealift::controller {
namespace {

constexpr Backoff kRetry{std::chrono::milliseconds(500), std::chrono::milliseconds(60'000)};

struct Farewell {
  bool removed = false;  // its objects have gone; otherwise only if the namespace goes
  std::string failure;   // why they cannot be removed
  std::uint32_t failures = 0;
};

// Failures that do not pass once the account, its bindings or the Secrets have been deleted.
bool is_without_power(const Error& error) {
  return error.code() == ErrorCode::kForbidden || error.code() == ErrorCode::kNotFound ||
         error.code() == ErrorCode::kUnauthenticated;
}

}  // namespace

struct FinalizerRelease::Impl {
  const DeliveryApi& api;
  DeliveryRecords& records;
  Clock& clock;
  Random& random;
  Logger log;
  DueQueue queue;
  std::mutex mutex;
  std::map<std::string, Farewell> farewells;
  std::jthread thread;  // the last member: it uses the others

  Impl(const DeliveryApi& with, DeliveryRecords& of, Clock& time, Random& chance, Logger logger)
      : api(with),
        records(of),
        clock(time),
        random(chance),
        log(std::move(logger)),
        queue(time),
        thread([this](std::stop_token stop) {
          while (const auto id = queue.take(stop)) work(*id, stop);
        }) {}

  void put(const std::string& id, Farewell farewell) {
    {
      std::scoped_lock lock(mutex);
      farewells.insert_or_assign(id, std::move(farewell));
    }
    queue.put(id, clock.steady_now());
  }

  // A success where there is nothing left to try.
  Result<> say(const std::string& id, DeliveryRecord& record, const Farewell& farewell,
               std::stop_token stop) {
    const auto live = record.live();
    if (!live.trigger.deleting || !live.has_finalizer()) return {};
    if (!farewell.removed) {
      SEALIFT_ASSIGN(const bool going, api.is_namespace_going(live.name_space, stop));
      if (!going) return {};
      log.warning(
          "the namespace is being deleted, and the Delivery's account can do nothing any more: "
          "objects that it delivered to other namespaces or clusters stay",
          {{"delivery", id}, {"reason", farewell.failure}});
    }
    return api.release(record, std::move(stop));
  }

  void work(const std::string& id, std::stop_token stop) {
    Farewell farewell;
    {
      std::scoped_lock lock(mutex);
      farewell = farewells[id];
    }
    const auto record = records.find(id);
    const auto done = record ? say(id, *record, farewell, std::move(stop)) : Result<>();
    // Where we may not look at the namespace, asking again does not help; the next report does.
    const bool again = !done && done.error().code() != ErrorCode::kForbidden;
    if (!done) {
      log.warning("a deleted Delivery could not be let go",
                  {{"delivery", id}, {"reason", done.error().message()}});
    }
    std::scoped_lock lock(mutex);
    if (!again) {
      farewells.erase(id);
      return;
    }
    auto& entry = farewells[id];
    queue.put(id, clock.steady_now() + kRetry.delay(++entry.failures, random_fraction(random)));
  }
};

FinalizerRelease::FinalizerRelease(const DeliveryApi& api, DeliveryRecords& records, Clock& clock,
                                   Random& random, Logger log)
    : impl_(std::make_unique<Impl>(api, records, clock, random, std::move(log))) {}

FinalizerRelease::~FinalizerRelease() = default;

void FinalizerRelease::reported(const puller::Delivery& delivery,
                                const puller::DeliveryReport& report) {
  if (!delivery.deleting) return;
  const auto& outcome = report.outcome;
  if (outcome.kind == puller::RunOutcome::Kind::kRemoved) {
    impl_->put(delivery.id(), {true, {}, 0});
  } else if (outcome.error && is_without_power(*outcome.error)) {
    impl_->put(delivery.id(), {false, outcome.error->message(), 0});
  }
}

void FinalizerRelease::let_go(const std::string& id) { impl_->put(id, {true, {}, 0}); }

}  // namespace sealift::controller
