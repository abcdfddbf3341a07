#include <sealift/puller/puller.h>

#include <utility>

#include "outcome_log.h"
#include "puller_impl.h"

namespace sealift::puller {

Puller::Puller(const RunEnvironment& environment, DeliveryListener* listener, Logger log,
               const PullerOptions& options)
    : impl_(std::make_unique<Impl>(environment, listener, std::move(log), options)) {}

Puller::~Puller() = default;

void Puller::put(delivery::Delivery delivery) {
  impl_->put(std::make_shared<const delivery::Delivery>(std::move(delivery)));
}

void Puller::remove(const std::string& id) { impl_->remove(id); }

void Puller::wake(const std::string& id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->entries.find(id);
  if (found != impl_->entries.end()) impl_->wake(*found->second);
}

void Puller::wake_set(const std::string& applyset_id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto known = impl_->ids_of_set.find(applyset_id);
  if (known == impl_->ids_of_set.end()) return;
  for (const auto& id : known->second) {
    const auto found = impl_->entries.find(id);
    if (found != impl_->entries.end()) impl_->wake(*found->second);
  }
}

void Puller::wake_all() {
  const std::scoped_lock lock(impl_->mutex);
  for (const auto& [id, entry] : impl_->entries) impl_->wake(*entry);
}

void Puller::reconcile(const std::string& id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->entries.find(id);
  if (found == impl_->entries.end()) return;
  found->second->look_again = true;
  found->second->rest_until = {};
  impl_->wake(*found->second);
}

std::vector<DeliveryOutcome> Puller::run_once(std::stop_token stop) {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->once = true;
    for (const auto& [id, entry] : impl_->entries) {
      entry->done = false;
      impl_->wake(*entry);
    }
  }
  impl_->run_threads(std::move(stop));
  std::vector<DeliveryOutcome> outcomes;
  const std::scoped_lock lock(impl_->mutex);
  impl_->once = false;
  for (const auto& [id, entry] : impl_->entries) {
    if (!entry->done) {
      entry->last = interrupted(entry->last);
      log_outcome(impl_->log.with({{"delivery", id}}), *entry->last, News::kAll);
    }
    outcomes.push_back({id, *entry->last});
  }
  return outcomes;
}

void Puller::run(std::stop_token stop) { impl_->run_threads(std::move(stop)); }

std::optional<std::vector<Digest>> Puller::wanted_digests() {
  if (!impl_->read_unknown_digests()) return std::nullopt;
  std::vector<Digest> all;
  const std::scoped_lock lock(impl_->mutex);
  for (const auto& [id, entry] : impl_->entries) {
    if (!entry->digests) return std::nullopt;  // it has just come
    all.insert(all.end(), entry->digests->begin(), entry->digests->end());
  }
  return all;
}

Puller::Counts Puller::counts() const {
  const std::scoped_lock lock(impl_->mutex);
  Counts counts{impl_->entries.size(), impl_->turns.ready(), impl_->running, 0};
  for (const auto& [id, entry] : impl_->entries) {
    if (entry->last && entry->last->kind == RunOutcome::Kind::kWaiting) ++counts.waiting;
  }
  return counts;
}

}  // namespace sealift::puller
