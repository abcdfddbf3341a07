#include <sealift/base/backoff.h>
#include <sealift/controller/delivery_resource.h>
#include <sealift/controller/delivery_status.h>
#include <sealift/controller/policy_status_writer.h>
#include <sealift/kube/observed_object.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "due_queue.h"

namespace sealift::controller {
namespace {

constexpr Backoff kRetry{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000)};
constexpr std::string_view kMergePatch = "application/merge-patch+json";
constexpr int kMaxAttempts = 5;

// A policy as the API server has it.
struct LivePolicy {
  std::string uid;
  std::string version;  // metadata.resourceVersion
  Json status = Json::object();
};

LivePolicy live_policy(const Json& object) {
  LivePolicy live{std::string(object.string_at({"metadata", "uid"})),
                  std::string(object.string_at({"metadata", "resourceVersion"}))};
  const auto* status = object.find("status");
  if (status != nullptr && status->is_object()) live.status = *status;
  return live;
}

// 0 for what is no number, which is older than any.
std::uint64_t number_of(std::string_view version) {
  return kube::version_number(version).value_or(0);
}

struct Entry {
  LivePolicy live;
  bool any_version = false;  // the next state counts, whatever its version
  std::optional<PolicyVerdict> wanted;
  std::uint32_t failures = 0;
};

}  // namespace

struct PolicyStatusWriter::Impl {
  kube::ApiClient client;
  Clock& clock;
  Random& random;
  Logger log;
  DueQueue queue;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<std::string, Entry> entries;  // by name
  std::jthread thread;                   // the last member: it uses the others

  Impl(kube::ApiClient own, Clock& time, Random& chance, Logger logger)
      : client(std::move(own)),
        clock(time),
        random(chance),
        log(std::move(logger)),
        queue(time),
        thread([this](std::stop_token stop) {
          while (const auto name = queue.take(stop)) flush(*name, stop);
        }) {}

  // The policy as it is after the write.
  Result<LivePolicy> write(LivePolicy live, const PolicyVerdict& verdict, std::stop_token stop);
  void flush(const std::string& name, std::stop_token stop);
  // Whether it has to be tried again.
  bool is_worth_another(const std::string& name, const Error& error);
};

// The API server compares no UID in a patch of status, so the version stands for it.
Result<LivePolicy> PolicyStatusWriter::Impl::write(LivePolicy live, const PolicyVerdict& verdict,
                                                   std::stop_token stop) {
  const auto path = trust_policies().path("", verdict.name);
  for (int attempt = 1;; ++attempt) {
    if (live.uid != verdict.uid) {
      return fail(ErrorCode::kNotFound, "TrustPolicy " + verdict.name + " is another one by now");
    }
    const auto next = status_of(live.status, verdict, clock.now());
    if (!next) return live;
    const Json metadata(Json::Object{{"resourceVersion", live.version}});
    const Json body(
        Json::Object{{"metadata", metadata}, {"status", merge_patch(live.status, *next)}});
    auto answer = client.patch(path + "/status", {}, kMergePatch, body, stop);
    if (answer) return live_policy(*answer);
    if (answer.error().code() != ErrorCode::kConflict || attempt == kMaxAttempts) {
      return fail(std::move(answer).error().with_context("patch the status of TrustPolicy " +
                                                         verdict.name));
    }
    SEALIFT_ASSIGN(const auto object, client.get(path, {}, stop));
    live = live_policy(object);
  }
}

bool PolicyStatusWriter::Impl::is_worth_another(const std::string& name, const Error& error) {
  if (error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kCancelled) return false;
  log.warning("the status of a TrustPolicy could not be written",
              {{"policy", name}, {"reason", error.message()}});
  // Sent again it would be refused again.
  return error.code() != ErrorCode::kInvalidInput;
}

void PolicyStatusWriter::Impl::flush(const std::string& name, std::stop_token stop) {
  std::unique_lock lock(mutex);
  auto found = entries.find(name);
  if (found == entries.end() || !found->second.wanted) return;
  const auto verdict = *found->second.wanted;
  const auto live = found->second.live;
  lock.unlock();
  auto written = write(live, verdict, std::move(stop));
  const bool again = !written && is_worth_another(name, written.error());
  lock.lock();
  found = entries.find(name);
  if (found != entries.end() && found->second.live.uid == verdict.uid) {
    auto& entry = found->second;
    if (written && number_of(written->version) > number_of(entry.live.version)) {
      entry.live = *std::move(written);
    }
    // What was judged meanwhile is in the queue already.
    if (entry.wanted == verdict && again) {
      const auto wait = kRetry.delay(++entry.failures, random_fraction(random));
      queue.put(name, clock.steady_now() + wait);
    } else if (entry.wanted == verdict) {
      entry.wanted.reset();
      entry.failures = 0;
    }
  }
  changed.notify_all();
}

PolicyStatusWriter::PolicyStatusWriter(kube::ApiClient client, Clock& clock, Random& random,
                                       Logger log)
    : impl_(std::make_unique<Impl>(std::move(client), clock, random, std::move(log))) {}

PolicyStatusWriter::~PolicyStatusWriter() = default;

void PolicyStatusWriter::observed(const Json& policy) {
  auto live = live_policy(policy);
  const std::string name(policy.string_at({"metadata", "name"}));
  const std::scoped_lock lock(impl_->mutex);
  auto& entry = impl_->entries[name];
  if (entry.live.uid != live.uid) entry = Entry();
  const bool newer = number_of(live.version) >= number_of(entry.live.version);
  if (std::exchange(entry.any_version, false) || newer) entry.live = std::move(live);
}

void PolicyStatusWriter::forget_versions() {
  const std::scoped_lock lock(impl_->mutex);
  for (auto& [name, entry] : impl_->entries) entry.any_version = true;
}

void PolicyStatusWriter::judged(std::vector<PolicyVerdict> verdicts) {
  const std::scoped_lock lock(impl_->mutex);
  std::set<std::string> present;
  for (const auto& verdict : verdicts) present.insert(verdict.name);
  std::erase_if(impl_->entries, [&](const auto& entry) { return !present.contains(entry.first); });
  for (auto& verdict : verdicts) {
    const auto found = impl_->entries.find(verdict.name);
    if (found == impl_->entries.end() || found->second.live.uid != verdict.uid) continue;
    const auto name = verdict.name;
    found->second.wanted = std::move(verdict);
    found->second.failures = 0;
    impl_->queue.put(name, impl_->clock.steady_now());
  }
}

void PolicyStatusWriter::drain(std::stop_token stop) {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, std::move(stop), [this] {
    return std::none_of(impl_->entries.begin(), impl_->entries.end(), [](const auto& entry) {
      return entry.second.wanted && entry.second.failures == 0;
    });
  });
}

}  // namespace sealift::controller
