#include <sealift/base/backoff.h>
#include <sealift/base/deadline.h>
#include <sealift/base/encoding.h>
#include <sealift/kube/lease.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>

#include "lease_record.h"

namespace sealift::kube {
namespace {

constexpr std::string_view kMergePatch = "application/merge-patch+json";

struct Held {
  LeaseRecord record;
  SteadyTime until;  // we lead until then at the latest
};

// Requests a stop of `wake` when the outer token asks for one.
struct Forward {
  std::stop_source wake;
  void operator()() { wake.request_stop(); }
};

}  // namespace

std::string lease_identity(std::string_view host, Random& random) {
  return std::string(host) + "_" + hex_encode(random.bytes(8));
}

// One run().
struct LeaderElector::Election {
  const ApiClient& client;
  const LeaseOptions& options;
  const Logger& log;
  const std::function<void()>& on_overrun;
  const std::function<void(std::string)> note_problem;
  std::uint32_t written = 0;
  std::string last_problem;
  std::string followed;
  DeadlineTimer deadlines{client.environment().clock};

  Clock& clock() const { return client.environment().clock; }
  std::string collection() const {
    return "/apis/coordination.k8s.io/v1/namespaces/" + options.name_space + "/leases";
  }
  std::string path() const { return collection() + "/" + options.name; }
  std::string next_time() { return lease_time(clock().now(), ++written); }
  // A request that hangs must leave time for another one.
  SteadyTime request_end() const { return clock().steady_now() + options.renew_deadline / 3; }

  void tell(const Error& error);
  void follow(const std::string& leader);
  Result<LeaseRecord> read(std::stop_token stop);
  Result<LeaseRecord> create(std::stop_token stop);
  Result<LeaseRecord> write(const LeaseRecord& record, std::stop_token stop);
  Result<std::optional<LeaseRecord>> try_to_take(LeaseSight& sight, std::stop_token stop);
  std::optional<Held> acquire(std::stop_token stop);
  using Change = std::function<LeaseRecord(const LeaseRecord& last)>;
  Result<LeaseRecord> rewrite(const LeaseRecord& held, const Change& change, std::stop_token stop);
  Result<LeaseRecord> renew(const LeaseRecord& held, std::stop_token stop);
  bool keep(Held& held, std::stop_token wake);
  void await_end(const Held& held, std::stop_token ended);
  bool hold(Held held, const Lead& lead, std::stop_token stop);
  void release(const LeaseRecord& held);
};

// The same trouble every second is one line.
void LeaderElector::Election::tell(const Error& error) {
  if (error.message() == last_problem) return;
  last_problem = error.message();
  log.warning("the leader election has trouble with its lease; trying again",
              {{"lease", options.name_space + "/" + options.name}, {"error", error.message()}});
}

void LeaderElector::Election::follow(const std::string& leader) {
  if (leader == std::exchange(followed, leader)) return;
  log.info("another process leads; waiting",
           {{"lease", options.name_space + "/" + options.name}, {"leader", leader}});
}

Result<LeaseRecord> LeaderElector::Election::read(std::stop_token stop) {
  const Deadline deadline(deadlines, request_end(), stop);
  SEALIFT_ASSIGN(const auto lease, client.get(path(), {}, deadline.token()));
  return parse_lease(lease);
}

Result<LeaseRecord> LeaderElector::Election::create(std::stop_token stop) {
  const Deadline deadline(deadlines, request_end(), stop);
  Json body = Json::object();
  body.set("apiVersion", "coordination.k8s.io/v1");
  body.set("kind", "Lease");
  body.set("metadata",
           Json(Json::Object{{"name", options.name}, {"namespace", options.name_space}}));
  body.set("spec", lease_spec(taken_over({}, options.identity, options.duration, next_time())));
  SEALIFT_ASSIGN(const auto lease, client.create(collection(), {}, body, deadline.token()));
  return parse_lease(lease);
}

// kConflict where the lease is no longer the one that `record` came from.
Result<LeaseRecord> LeaderElector::Election::write(const LeaseRecord& record,
                                                   std::stop_token stop) {
  const Deadline deadline(deadlines, request_end(), stop);
  Json body = Json::object();
  body.set("metadata", Json(Json::Object{{"resourceVersion", record.resource_version}}));
  body.set("spec", lease_spec(record));
  SEALIFT_ASSIGN(const auto lease, client.patch(path(), {}, kMergePatch, body, deadline.token()));
  return parse_lease(lease);
}

Result<std::optional<LeaseRecord>> LeaderElector::Election::try_to_take(LeaseSight& sight,
                                                                        std::stop_token stop) {
  auto seen = read(stop);
  if (!seen && seen.error().code() == ErrorCode::kNotFound) return create(stop);
  if (!seen) return fail(std::move(seen).error());
  sight.see(*seen, clock().steady_now());
  if (!sight.is_free(options.identity, options.duration, clock().steady_now())) {
    follow(seen->holder);
    return std::nullopt;
  }
  return write(taken_over(*seen, options.identity, options.duration, next_time()), stop);
}

std::optional<Held> LeaderElector::Election::acquire(std::stop_token stop) {
  LeaseSight sight;
  while (!stop.stop_requested()) {
    const auto asked = clock().steady_now();
    auto taken = try_to_take(sight, stop);
    if (taken && *taken) {
      note_problem({});
      return Held{**std::move(taken), asked + options.renew_deadline};
    }
    // A conflict says that somebody else was sooner.
    const bool works = taken || taken.error().code() == ErrorCode::kConflict;
    if (!works && !stop.stop_requested()) tell(taken.error());
    note_problem(works ? std::string() : taken.error().message());
    const double jitter = 0.75 + random_fraction(client.environment().random) / 2;
    clock().sleep_until(clock().steady_now() + std::chrono::floor<std::chrono::milliseconds>(
                                                   options.look_every * jitter),
                        stop);
  }
  return std::nullopt;
}

// Writes what `change` makes of the lease that we hold. kNotFound where it is gone or somebody
// else's: then it is lost.
Result<LeaseRecord> LeaderElector::Election::rewrite(const LeaseRecord& held, const Change& change,
                                                     std::stop_token stop) {
  auto done = write(change(held), stop);
  if (done || done.error().code() != ErrorCode::kConflict) return done;
  // Somebody edited it, or has it, or our own last write arrived although its answer did not.
  SEALIFT_ASSIGN(const auto seen, read(stop));
  if (seen.holder != options.identity) {
    return fail(ErrorCode::kNotFound, "the lease is held by \"" + seen.holder + "\" now");
  }
  return write(change(seen), stop);
}

Result<LeaseRecord> LeaderElector::Election::renew(const LeaseRecord& held, std::stop_token stop) {
  return rewrite(
      held,
      [&](const LeaseRecord& last) {
        return taken_over(last, options.identity, options.duration, next_time());
      },
      stop);
}

// Renews until woken (true), or until the lease is lost (false).
bool LeaderElector::Election::keep(Held& held, std::stop_token wake) {
  auto next = clock().steady_now() + options.renew_every;
  for (;;) {
    clock().sleep_until(std::min(next, held.until), wake);
    if (wake.stop_requested()) return true;
    const auto asked = clock().steady_now();
    if (asked >= held.until) {
      log.error("leading no more: the lease was not renewed in time",
                {{"lease", options.name_space + "/" + options.name}});
      return false;
    }
    const Deadline deadline(deadlines, held.until, wake);
    auto renewed = renew(held.record, deadline.token());
    if (renewed) {
      held = {*std::move(renewed), asked + options.renew_deadline};
      last_problem.clear();
      next = asked + options.renew_every;
      continue;
    }
    if (wake.stop_requested()) return true;
    if (renewed.error().code() == ErrorCode::kNotFound) {
      log.error("leading no more: the lease is lost", {{"error", renewed.error().message()}});
      return false;
    }
    tell(renewed.error());
    next = clock().steady_now() + options.renew_every / 4;
  }
}

// The others wait for `duration`, counted from later than we count.
void LeaderElector::Election::await_end(const Held& held, std::stop_token ended) {
  const auto taken_over_at = held.until - options.renew_deadline + options.duration;
  clock().sleep_until(taken_over_at, ended);
  if (ended.stop_requested()) return;
  log.error("the leader's work did not end in time; another process may lead already");
  on_overrun();
}

// True where the work is over: asked to stop, or ended by itself.
bool LeaderElector::Election::hold(Held held, const Lead& lead, std::stop_token stop) {
  log.info("leading",
           {{"lease", options.name_space + "/" + options.name}, {"identity", options.identity}});
  std::stop_source wake;
  std::stop_source ended;
  const std::stop_callback forward(stop, Forward{wake});
  bool is_over = false;
  {
    std::jthread work([&, wake](std::stop_token token) mutable {
      lead(std::move(token));
      ended.request_stop();
      wake.request_stop();
    });
    is_over = keep(held, wake.get_token());
    work.request_stop();
    // The last writes may take their time as long as the lease is ours.
    if (is_over) keep(held, ended.get_token());
    await_end(held, ended.get_token());
  }
  if (is_over) release(held.record);
  return is_over;
}

void LeaderElector::Election::release(const LeaseRecord& held) {
  const auto done =
      rewrite(held, [&](const LeaseRecord& last) { return released(last, next_time()); }, {});
  if (done || done.error().code() == ErrorCode::kNotFound) return;
  log.warning("the lease could not be released; another process leads when it is over",
              {{"error", done.error().message()}});
}

LeaderElector::LeaderElector(ApiClient client, LeaseOptions options, Logger log,
                             std::function<void()> on_overrun)
    : client_(std::move(client)),
      options_(std::move(options)),
      log_(std::move(log)),
      on_overrun_(std::move(on_overrun)) {
  assert(!options_.identity.empty() && options_.duration > options_.renew_deadline &&
         options_.renew_deadline > options_.renew_every && on_overrun_);
}

std::string LeaderElector::problem() const {
  const std::scoped_lock lock(mutex_);
  return problem_;
}

void LeaderElector::note_problem(std::string problem) {
  const std::scoped_lock lock(mutex_);
  problem_ = std::move(problem);
}

void LeaderElector::run(const Lead& lead, std::stop_token stop) {
  Election election{client_,
                    options_,
                    log_,
                    on_overrun_,
                    [this](std::string problem) { note_problem(std::move(problem)); },
                    0,
                    {},
                    {}};
  while (auto held = election.acquire(stop)) {
    if (election.hold(*std::move(held), lead, stop)) return;
  }
}

}  // namespace sealift::kube
