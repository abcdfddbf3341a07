#include <sealift/base/backoff.h>
#include <sealift/controller/status_writer.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "due_queue.h"

namespace sealift::controller {
namespace {

constexpr Backoff kRetry{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000)};

// What one Delivery's status has to become, as texts: there may be one for each Delivery, and a
// document takes several times that space.
struct Pending {
  std::optional<std::string> wanted;  // to be written as soon as may be
  std::optional<std::string> held;  // to be written unless something else is said before held_until
  SteadyTime held_until{};
  SteadyTime progress_told{};  // when the last held one was written
  bool writing = false;
  std::uint32_t failures = 0;

  bool is_idle() const { return !wanted && !held && !writing && progress_told == SteadyTime{}; }
};

Json document_of(const std::string& text) {
  auto status = parse_json(text, "a status");
  assert(status);  // it was written from a document
  return status ? *std::move(status) : Json::object();
}

// Nobody but accept() changes what was accepted, whatever was planned meanwhile.
Json with_accepted_of(const Json& known, Json status) {
  if (const auto* accepted = known.find("accepted")) {
    status.set("accepted", *accepted);
  } else {
    status.erase("accepted");
  }
  return status;
}

}  // namespace

struct StatusWriter::Impl {
  const DeliveryApi& api;
  DeliveryRecords& records;
  Clock& clock;
  Random& random;
  Logger log;
  Options options;
  DueQueue queue;

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::map<std::string, Pending> pending;
  Counts counts;
  std::vector<std::jthread> threads;  // the last member: they use the others

  Impl(const DeliveryApi& with, DeliveryRecords& of, Clock& time, Random& chance, Logger logger,
       Options how)
      : api(with),
        records(of),
        clock(time),
        random(chance),
        log(std::move(logger)),
        options(how),
        queue(time) {}

  void want(const std::string& id, const Json& next);
  void hold(const std::string& id, const Json& next, std::chrono::milliseconds for_now);
  // The status as it will be when everything that waits is written.
  Json planned(const std::string& id, const DeliveryRecord& record) const;
  void release_held(const std::string& id, Pending& entry);
  void flush(const std::string& id, std::stop_token stop);
  void take_result(const std::string& id, const std::string& sent, const Result<>& result);
  void work(std::stop_token stop);
};

Json StatusWriter::Impl::planned(const std::string& id, const DeliveryRecord& record) const {
  const auto found = pending.find(id);
  if (found != pending.end() && found->second.wanted) return document_of(*found->second.wanted);
  return record.status();
}

void StatusWriter::Impl::want(const std::string& id, const Json& next) {
  auto& entry = pending[id];
  entry.held.reset();
  entry.progress_told = {};
  entry.wanted = dump_json(next);
  entry.failures = 0;
  queue.put(id, clock.steady_now());
}

void StatusWriter::Impl::hold(const std::string& id, const Json& next,
                              std::chrono::milliseconds for_now) {
  auto& entry = pending[id];
  const auto now = clock.steady_now();
  if (!entry.held) {
    entry.held_until = now + std::max(for_now, std::chrono::milliseconds(0));
    if (entry.progress_told != SteadyTime{}) {
      entry.held_until = std::max(entry.held_until, entry.progress_told + options.pause);
    }
  }
  entry.held = dump_json(next);
  queue.put(id, entry.held_until);
}

void StatusWriter::Impl::release_held(const std::string& id, Pending& entry) {
  if (!entry.held) return;
  const auto now = clock.steady_now();
  if (now < entry.held_until) return queue.put(id, entry.held_until);
  entry.wanted = std::exchange(entry.held, std::nullopt);
  entry.progress_told = now;
}

void StatusWriter::Impl::take_result(const std::string& id, const std::string& sent,
                                     const Result<>& result) {
  const auto found = pending.find(id);
  if (found == pending.end()) return;
  auto& entry = found->second;
  entry.writing = false;
  if (result) {
    ++counts.written;
    entry.failures = 0;
    if (entry.wanted == sent) entry.wanted.reset();
    if (entry.wanted) queue.put(id, clock.steady_now());
    if (entry.is_idle()) pending.erase(found);
    return;
  }
  const auto code = result.error().code();
  ++counts.failed;
  if (code != ErrorCode::kNotFound) {
    log.warning("a status could not be written",
                {{"delivery", id}, {"reason", result.error().message()}});
  }
  if (code == ErrorCode::kNotFound || code == ErrorCode::kInvalidInput) {
    // Sent again it would be refused again. What was said meanwhile is another matter, and may be
    // about another Delivery that has come under that name.
    if (entry.wanted == sent) entry.wanted.reset();
    if (entry.wanted) queue.put(id, clock.steady_now());
    if (entry.is_idle()) pending.erase(found);
    return;
  }
  auto wait = kRetry.delay(++entry.failures, random_fraction(random));
  if (const auto asked = result.error().retry_after()) {
    wait = std::max<std::chrono::milliseconds>(wait, *asked);
  }
  queue.put(id, clock.steady_now() + wait);
}

void StatusWriter::Impl::flush(const std::string& id, std::stop_token stop) {
  std::unique_lock lock(mutex);
  const auto found = pending.find(id);
  // Whoever writes now puts it back into the queue where something remains.
  if (found == pending.end() || found->second.writing) return;
  release_held(id, found->second);
  const auto record = records.find(id);
  if (!found->second.wanted || !record) {
    if (!record) pending.erase(found);
    changed.notify_all();
    return;
  }
  const auto sent = *found->second.wanted;
  found->second.writing = true;
  lock.unlock();
  const auto known = record->status();
  const auto change = merge_patch(known, with_accepted_of(known, document_of(sent)));
  const auto result = api.patch_status(*record, change, std::move(stop));
  lock.lock();
  take_result(id, sent, result);
  changed.notify_all();
}

void StatusWriter::Impl::work(std::stop_token stop) {
  while (const auto id = queue.take(stop)) flush(*id, stop);
}

StatusWriter::StatusWriter(const DeliveryApi& api, DeliveryRecords& records, Clock& clock,
                           Random& random, Logger log, Options options)
    : impl_(std::make_unique<Impl>(api, records, clock, random, std::move(log), options)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.threads); ++i) {
    impl_->threads.emplace_back([this](std::stop_token stop) { impl_->work(std::move(stop)); });
  }
}

StatusWriter::~StatusWriter() {
  for (auto& thread : impl_->threads) thread.request_stop();
}

void StatusWriter::reported(const delivery::Delivery& delivery,
                            const puller::DeliveryReport& report) {
  const auto id = delivery.id();
  const auto record = impl_->records.find(id);
  if (!record || record->uid() != delivery.uid) return;
  std::scoped_lock lock(impl_->mutex);
  const auto previous = impl_->planned(id, *record);
  auto next = status_of(previous, delivery, report);
  const bool progress = report.outcome.kind == puller::RunOutcome::Kind::kWaiting;
  if (!next) {
    const auto entry = impl_->pending.find(id);
    if (entry != impl_->pending.end()) entry->second.held.reset();
    return;
  }
  if (!progress && is_urgent(previous, *next)) return impl_->want(id, *next);
  // A run that waits has patience since it began; other small news since they are known.
  const auto since = progress ? report.now - report.run_began : std::chrono::seconds(0);
  impl_->hold(id, *next, impl_->options.patience - since);
}

void StatusWriter::not_run(const std::string& id, const NotRun& why) {
  const auto record = impl_->records.find(id);
  if (!record) return;
  std::scoped_lock lock(impl_->mutex);
  auto next = status_of(impl_->planned(id, *record), why, impl_->clock.now());
  if (next) impl_->want(id, *next);
}

Result<> StatusWriter::accept(const delivery::Delivery& delivery,
                              const target::Acceptance& acceptance, std::stop_token stop) {
  const auto id = delivery.id();
  const auto record = impl_->records.find(id);
  if (!record || record->uid() != delivery.uid) {
    return fail(ErrorCode::kNotFound, "the Delivery " + id + " is gone, or another one by now");
  }
  std::unique_lock lock(impl_->mutex);
  const auto is_free = [&] {
    const auto found = impl_->pending.find(id);
    return found == impl_->pending.end() || !found->second.writing;
  };
  if (!impl_->changed.wait(lock, stop, is_free)) {
    return fail(ErrorCode::kCancelled, "stopped while the status of " + id + " was written");
  }
  auto& entry = impl_->pending[id];
  entry.held.reset();
  const auto waited = entry.wanted;
  const auto known = record->status();
  auto next = accepted_status(with_accepted_of(known, waited ? document_of(*waited) : known),
                              delivery, acceptance, impl_->clock.now());
  if (!next) {
    if (entry.is_idle()) impl_->pending.erase(id);
    return {};
  }
  entry.writing = true;
  lock.unlock();
  auto result = impl_->api.patch_status(*record, merge_patch(known, *next), std::move(stop));
  lock.lock();
  auto& after = impl_->pending[id];
  after.writing = false;
  if (result) {
    // What waited is part of what was written.
    if (after.wanted == waited) after.wanted.reset();
    after.failures = 0;
    ++impl_->counts.written;
  } else {
    ++impl_->counts.failed;
  }
  if (after.wanted) impl_->queue.put(id, impl_->clock.steady_now());
  if (after.is_idle()) impl_->pending.erase(id);
  impl_->changed.notify_all();
  if (result) return {};
  return fail(std::move(result).error().with_context("remembering what was accepted"));
}

void StatusWriter::forget(const std::string& id) {
  std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->pending.find(id);
  if (found == impl_->pending.end()) return;
  found->second.wanted.reset();
  found->second.held.reset();
  found->second.progress_told = {};
  if (!found->second.writing) impl_->pending.erase(found);
}

void StatusWriter::drain(std::stop_token stop) {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, std::move(stop), [this] {
    return std::none_of(impl_->pending.begin(), impl_->pending.end(), [](const auto& entry) {
      return entry.second.writing || (entry.second.wanted && entry.second.failures == 0);
    });
  });
}

StatusWriter::Counts StatusWriter::counts() const {
  std::scoped_lock lock(impl_->mutex);
  auto counts = impl_->counts;
  counts.waiting = static_cast<std::size_t>(
      std::count_if(impl_->pending.begin(), impl_->pending.end(),
                    [](const auto& entry) { return entry.second.wanted.has_value(); }));
  return counts;
}

}  // namespace sealift::controller
