#include <sealift/puller/puller.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// A server may ask for time, and not for an application to be forgotten.
constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(1);

// In a loop a run that changed nothing is no news; whoever asked for one run wants an answer.
enum class News { kChangesAlone, kAll };

void log_outcome(const Logger& log, const RunOutcome& outcome, News news) {
  const auto digest = outcome.digest ? outcome.digest->to_string() : std::string("none");
  switch (outcome.kind) {
    case Kind::kDelivered:
      return log.info("delivered", {{"digest", digest},
                                    {"applied", std::to_string(outcome.applied)},
                                    {"pruned", std::to_string(outcome.pruned)},
                                    {"unchanged", std::to_string(outcome.unchanged)}});
    case Kind::kUnchanged:
      if (news == News::kAll) return log.info("unchanged", {{"digest", digest}});
      return log.debug("unchanged", {{"digest", digest}});
    case Kind::kSuspended:
      if (news == News::kAll) return log.info("suspended, as the Delivery says");
      return log.debug("suspended");
    case Kind::kWaiting:
      return log.debug("waiting", {{"for", outcome.waiting_for}});
    case Kind::kRemoved:
      return log.info("removed", {{"pruned", std::to_string(outcome.pruned)}});
    case Kind::kRefused:
      return log.error("refused", {{"digest", digest}, {"reason", outcome.error->message()}});
    case Kind::kFailed:
      if (outcome.error->code() == ErrorCode::kCancelled) {
        return log.info("interrupted; the next run goes on from here",
                        {{"stage", std::string(to_string(outcome.stage))}});
      }
      return log.error("failed", {{"stage", std::string(to_string(outcome.stage))},
                                  {"digest", digest},
                                  {"code", std::string(to_string(outcome.error->code()))},
                                  {"reason", outcome.error->message()}});
  }
}

}  // namespace

std::chrono::milliseconds time_until_next_run(const Delivery& delivery, const RunOutcome& outcome,
                                              unsigned char chance) {
  const bool well = outcome.kind == Kind::kDelivered || outcome.kind == Kind::kUnchanged ||
                    outcome.kind == Kind::kSuspended;
  auto wait = well ? delivery.interval : delivery.retry_interval;
  if (outcome.error && outcome.error->retry_after()) {
    const auto asked = std::min(*outcome.error->retry_after(), kLongestRetryAfter);
    wait = std::max(wait, std::chrono::milliseconds(asked));
  }
  return wait + wait * chance / 2560;
}

Puller::Puller(const RunEnvironment& environment, Random& random, Logger log,
               std::size_t max_parallel)
    : environment_(environment),
      random_(random),
      log_(std::move(log)),
      max_parallel_(std::max<std::size_t>(1, max_parallel)) {}

RunOutcome Puller::run_one(const Delivery& delivery, std::stop_token stop) {
  const auto log = log_.with({{"delivery", delivery.id()}});
  auto outcome = run_delivery(delivery, environment_, log, std::move(stop));
  log_outcome(log, outcome, once_ ? News::kAll : News::kChangesAlone);
  return outcome;
}

std::vector<DeliveryOutcome> Puller::run_once(std::stop_token stop) {
  once_ = true;
  const auto& deliveries = environment_.configuration.deliveries;
  std::vector<DeliveryOutcome> outcomes(deliveries.size());
  std::atomic<std::size_t> next{0};
  const auto worker = [&] {
    for (auto i = next++; i < deliveries.size(); i = next++) {
      outcomes[i] = {deliveries[i].id(), run_one(deliveries[i], stop)};
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(max_parallel_, deliveries.size()); ++i) {
      threads.emplace_back(worker);
    }
    worker();
  }
  tidy_cache();
  return outcomes;
}

void Puller::run(std::stop_token stop) {
  entries_.clear();
  const auto now = environment_.clock.steady_now();
  for (const auto& delivery : environment_.configuration.deliveries) {
    entries_.push_back({&delivery, now});
  }
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(max_parallel_, entries_.size()); ++i) {
    threads.emplace_back([this, stop] { work(stop); });
  }
  if (threads.empty()) {
    // Policies alone: there is nothing to run until the configuration changes.
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [] { return false; });
  }
}

// The entry that is due first among those that nobody runs.
Puller::Entry* Puller::next_entry() {
  Entry* first = nullptr;
  if (tidying_) return nullptr;
  for (auto& entry : entries_) {
    if (!entry.running && (first == nullptr || entry.due < first->due)) first = &entry;
  }
  return first;
}

void Puller::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    auto* entry = next_entry();
    if (entry == nullptr) {
      changed_.wait(lock, stop, [this] { return next_entry() != nullptr; });
      continue;
    }
    const auto due = entry->due;
    if (due > environment_.clock.steady_now()) {
      if (running_ == 0 && std::exchange(cache_used_, false)) {
        // Nobody fetches meanwhile: what a run has just fetched is not accepted yet.
        tidying_ = true;
        lock.unlock();
        tidy_cache();
        lock.lock();
        tidying_ = false;
        changed_.notify_all();
        continue;
      }
      changed_.wait_until(lock, stop, due, [this, due] {
        const auto* next = next_entry();
        return next != nullptr && next->due < due;
      });
      continue;
    }
    entry->running = true;
    ++running_;
    lock.unlock();
    const auto outcome = run_one(*entry->delivery, stop);
    lock.lock();
    --running_;
    entry->running = false;
    entry->due = next_due(*entry->delivery, outcome);
    if (outcome.kind != Kind::kUnchanged) cache_used_ = true;
    changed_.notify_all();
  }
}

SteadyTime Puller::next_due(const Delivery& delivery, const RunOutcome& outcome) {
  const auto chance = static_cast<unsigned char>(random_.bytes(1).front());
  return environment_.clock.steady_now() + time_until_next_run(delivery, outcome, chance);
}

void Puller::tidy_cache() {
  const auto give_up = [this](const std::string& reason) {
    log_.warning("the cache could not be tidied", {{"reason", reason}});
  };
  std::vector<oci::StoredManifest> wanted;
  for (const auto& delivery : environment_.configuration.deliveries) {
    // What an unreadable state refers to is unknown, so nothing is removed.
    auto loaded = environment_.states.load(delivery.id());
    if (!loaded) return give_up(loaded.error().message());
    if (!loaded->warning.empty()) return give_up(loaded->warning);
    if (!loaded->state.accepted_digest) continue;
    auto manifest = environment_.cache.manifest(*loaded->state.accepted_digest);
    if (!manifest) return give_up(manifest.error().message());
    if (*manifest) wanted.push_back(**std::move(manifest));
  }
  auto tidied = environment_.cache.retain(wanted);
  if (!tidied) give_up(tidied.error().message());
}

}  // namespace sealift::puller
