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
  // kRemoved: its objects have gone. The others go only with the namespace; of kStuck the engine
  // reports again, of kNotRun nobody does.
  enum class Reason { kRemoved, kStuck, kNotRun };
  std::string uid;
  Reason reason = Reason::kStuck;
  std::string failure;  // why its objects cannot be removed
  std::uint64_t number = 0;
  std::uint32_t attempts = 0;
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
  std::uint64_t last_number = 0;
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
      farewell.number = ++last_number;
      farewells.insert_or_assign(id, std::move(farewell));
    }
    queue.put(id, clock.steady_now());
  }

  // Whether nothing is left to try.
  Result<bool> say(const std::string& id, const Farewell& farewell, std::stop_token stop) {
    const auto record = records.find(id);
    if (!record) return true;
    const auto live = record->live();
    const bool same = live.trigger.uid == farewell.uid;
    if (!same || !live.trigger.deleting || !live.has_finalizer()) return true;
    if (farewell.reason != Farewell::Reason::kRemoved) {
      SEALIFT_ASSIGN(const bool going, api.is_namespace_going(live.name_space, stop));
      if (!going) return farewell.reason == Farewell::Reason::kStuck;
      log.warning(
          "the namespace is being deleted, and nobody can remove what the Delivery delivered: "
          "objects that it delivered to other namespaces or clusters stay",
          {{"delivery", id}, {"reason", farewell.failure}});
    }
    SEALIFT_TRY(api.release(*record, std::move(stop)));
    return true;
  }

  void work(const std::string& id, std::stop_token stop) {
    Farewell farewell;
    {
      std::scoped_lock lock(mutex);
      const auto found = farewells.find(id);
      if (found == farewells.end()) return;
      farewell = found->second;
    }
    const auto done = say(id, farewell, std::move(stop));
    if (!done) {
      log.warning("a deleted Delivery could not be let go",
                  {{"delivery", id}, {"reason", done.error().message()}});
    }
    // Where a permission is missing, the engine's next report is soon enough, where there is one.
    const bool over = done ? *done
                           : farewell.reason == Farewell::Reason::kStuck &&
                                 done.error().code() == ErrorCode::kForbidden;
    std::scoped_lock lock(mutex);
    const auto found = farewells.find(id);
    // What was said meanwhile is in the queue already.
    if (found == farewells.end() || found->second.number != farewell.number) return;
    if (over) {
      farewells.erase(found);
      return;
    }
    const auto wait = kRetry.delay(++found->second.attempts, random_fraction(random));
    queue.put(id, clock.steady_now() + wait);
  }
};

FinalizerRelease::FinalizerRelease(const DeliveryApi& api, DeliveryRecords& records, Clock& clock,
                                   Random& random, Logger log)
    : impl_(std::make_unique<Impl>(api, records, clock, random, std::move(log))) {}

FinalizerRelease::~FinalizerRelease() = default;

void FinalizerRelease::reported(const delivery::Delivery& delivery,
                                const puller::DeliveryReport& report) {
  if (!delivery.deleting) return;
  const auto& outcome = report.outcome;
  using Reason = Farewell::Reason;
  if (outcome.kind == puller::RunOutcome::Kind::kRemoved) {
    impl_->put(delivery.id(), {delivery.uid, Reason::kRemoved, {}});
  } else if (outcome.error && is_without_power(*outcome.error)) {
    impl_->put(delivery.id(), {delivery.uid, Reason::kStuck, outcome.error->message()});
  }
}

void FinalizerRelease::let_go(const std::string& id, const std::string& uid) {
  impl_->put(id, {uid, Farewell::Reason::kRemoved, {}});
}

void FinalizerRelease::not_run(const std::string& id, const std::string& uid, std::string why) {
  impl_->put(id, {uid, Farewell::Reason::kNotRun, std::move(why)});
}

}  // namespace sealift::controller
