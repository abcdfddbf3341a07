#include <sealift/oci/content_layer.h>
#include <sealift/puller/artifact_library.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "artifact_fetch.h"
#include "artifact_objects.h"
#include "open_repositories.h"
#include "parsed_artifacts.h"
#include "reference_watchers.h"
#include "request_queue.h"
#include "shared_work.h"

namespace sealift::puller {
namespace {

using std::chrono::milliseconds;

// One namespace cannot take a registry's whole share, and four of them cannot take all threads.
constexpr RequestQueue::Limits kNetworkLimits{16, {4, 3}};
// Reading, hashing and parsing: what the cache has never waits behind a registry.
constexpr RequestQueue::Limits kLocalLimits{2, {2, 1}};
constexpr std::uint64_t kHeldParsedBytes = 16u << 20;

constexpr milliseconds kErrorAge{5'000};
constexpr std::chrono::seconds kLongestErrorAge{60};
// What bytes with a digest parse to never changes, and to find out may have cost seconds.
constexpr milliseconds kParseErrorAge{60'000};
constexpr std::chrono::hours kDigestAge{24};
constexpr std::chrono::minutes kForgetInterval{1};
constexpr std::chrono::minutes kUnused{15};

milliseconds error_age(const Error& error) {
  const auto asked =
      std::min(error.retry_after().value_or(std::chrono::seconds(0)), kLongestErrorAge);
  return std::max<milliseconds>(kErrorAge, asked);
}

std::string namespace_of(const std::string& waiter) { return waiter.substr(0, waiter.find('/')); }

// Whose slowness is shared: the registry, and a proxy before it.
std::string lane_of(const ArtifactAccess& access) {
  const auto& proxy = access.options.server ? access.options.server->proxy : std::string();
  return (access.options.plain_http ? "http://" : "https://") + access.repository.registry() + " " +
         proxy;
}

struct Judged {
  std::shared_ptr<const Verdict> verdict;
  std::vector<std::shared_ptr<void>> pins;  // what the verdict is about stays in the cache
};

struct VerifyRequest {
  ArtifactAccess access;
  Digest digest;
  Policies policies;
  const signing::TrustPolicy& policy;
  std::string key;
  std::string owner;
  std::vector<std::shared_ptr<void>> pins = {};

  Verification verification() const { return {access.repository.name(), digest, policy}; }
};

struct ObjectsRequest {
  ArtifactAccess access;
  std::shared_ptr<const signing::VerifiedArtifact> artifact;
  std::string path;
  std::string key;
  std::string owner;
  std::shared_ptr<void> pin = {};
  bool fetched = false;

  const Digest& digest() const { return artifact->descriptor().digest; }
};

template <typename T>
Result<std::optional<T>> answer_of(Result<T> result) {
  if (!result) return fail(std::move(result).error());
  return std::optional<T>(*std::move(result));
}

std::shared_ptr<const Verdict> refuse_without_policy(const std::string& repository,
                                                     const Digest& digest, Policies policies,
                                                     Error error) {
  signing::Evidence evidence{repository, digest, "", 0, {}, {}};
  evidence.broken_rule = signing::PolicyRule::kRepository;
  return std::make_shared<const Verdict>(Verdict{
      signing::Refused{std::move(error), std::move(evidence)}, nullptr, std::move(policies)});
}

}  // namespace

struct ArtifactLibrary::Impl {
  using Parsed = std::shared_ptr<const ParsedArtifact>;

  Impl(const oci::RepositoryEnvironment& environment, ArtifactCache& artifact_cache,
       Clock& the_clock, Logger logger, Wake wake_one)
      : cache(artifact_cache),
        clock(the_clock),
        log(std::move(logger)),
        wake(std::move(wake_one)),
        repositories(environment, log) {}

  ~Impl() {
    stopping = true;
    // Work of one queue may add to the other, so both end before either is gone.
    network.stop();
    local.stop();
  }

  void begin_resolve(const ArtifactAccess& access, const std::string& owner);
  void finish_resolve(const ArtifactAccess& access, const std::string& owner,
                      Result<Digest> result);
  void begin_verify(const std::shared_ptr<VerifyRequest>& request);
  void verify_from_cache(const std::shared_ptr<VerifyRequest>& request);
  void verify_from_registry(const VerifyRequest& request, std::stop_token stop);
  void finish_verify(const VerifyRequest& request, Result<Judgement> result);
  void begin_objects(const std::shared_ptr<ObjectsRequest>& request);
  void read_objects(const std::shared_ptr<ObjectsRequest>& request);
  void fetch_content(const std::shared_ptr<ObjectsRequest>& request, std::stop_token stop);
  void finish_objects(const ObjectsRequest& request, Result<Parsed> result);

  void forget_unused(SteadyTime now);
  void tell(const std::vector<std::string>& waiters) const {
    if (stopping) return;
    for (const auto& waiter : waiters) wake(waiter);
  }

  ArtifactCache& cache;
  Clock& clock;
  Logger log;
  Wake wake;
  std::atomic<bool> stopping = false;
  OpenRepositories repositories;

  std::mutex mutex;  // of what follows, up to the queues
  SharedWork<Digest> digests;
  ReferenceWatchers watchers;
  SharedWork<Judged> verdicts;
  Policies judging_by;  // the latest
  SharedWork<Parsed> parses{{.values = false}};
  ParsedArtifacts parsed{kHeldParsedBytes};
  SteadyTime forget_at;

  RequestQueue network{kNetworkLimits};
  RequestQueue local{kLocalLimits};
};

ArtifactLibrary::ArtifactLibrary(const oci::RepositoryEnvironment& environment,
                                 ArtifactCache& cache, Clock& clock, Logger log, Wake wake)
    : impl_(std::make_unique<Impl>(environment, cache, clock, std::move(log), std::move(wake))) {}

ArtifactLibrary::~ArtifactLibrary() = default;

// ---- resolve

ArtifactLibrary::Answer<Digest> ArtifactLibrary::resolve(const ArtifactAccess& access,
                                                         milliseconds max_age,
                                                         const std::string& waiter) {
  if (access.select.digest) max_age = std::max<milliseconds>(max_age, kDigestAge);
  const auto owner = namespace_of(waiter);
  const auto now = impl_->clock.steady_now();
  std::unique_lock lock(impl_->mutex);
  impl_->forget_unused(now);
  if (!access.select.digest) {
    impl_->watchers.watch(access.key, access.repository.name(), access.select.tag, waiter,
                          now + 2 * max_age + kUnused);
  }
  auto reply = impl_->digests.ask(access.key, waiter, max_age, now);
  lock.unlock();
  if (reply.answer) return answer_of(*std::move(reply.answer));
  if (reply.start) {
    impl_->begin_resolve(access, owner);
  } else {
    impl_->network.join("resolve " + access.key, owner);
  }
  return std::nullopt;
}

void ArtifactLibrary::Impl::begin_resolve(const ArtifactAccess& access, const std::string& owner) {
  auto added = network.add(
      "resolve " + access.key, lane_of(access), owner, [this, access, owner](std::stop_token stop) {
        auto repository = repositories.open(access, clock.steady_now());
        if (!repository) return finish_resolve(access, owner, fail(repository.error()));
        finish_resolve(access, owner,
                       resolve_now(**repository, access.repository.name(), access.select, stop));
      });
  if (!added) finish_resolve(access, owner, fail(std::move(added).error()));
}

void ArtifactLibrary::Impl::finish_resolve(const ArtifactAccess& access, const std::string& owner,
                                           Result<Digest> result) {
  std::unique_lock lock(mutex);
  const auto age = result ? kErrorAge : error_age(result.error());
  auto finished = digests.finish(access.key, result, age, clock.steady_now());
  if (result && finished.before && *finished.before != *result) {
    auto all = watchers.of(access.key);
    all.insert(all.end(), finished.waiting.begin(), finished.waiting.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    finished.waiting = std::move(all);
  }
  lock.unlock();
  tell(finished.waiting);
  if (finished.again) begin_resolve(access, owner);
}

// ---- verify

ArtifactLibrary::Answer<std::shared_ptr<const Verdict>> ArtifactLibrary::verify(
    const ArtifactAccess& access, const Digest& digest, const Policies& policies,
    milliseconds max_age, const std::string& waiter) {
  const auto repository = access.repository.name();
  // Without a policy nothing is fetched at all: there is nothing that could be accepted.
  auto policy = signing::select_policy(*policies, repository);
  if (!policy) return refuse_without_policy(repository, digest, policies, policy.error());

  // The answer holds the policies, so that their address is not another's meanwhile.
  const auto policies_name = std::to_string(reinterpret_cast<std::uintptr_t>(policies.get()));
  const auto key = access.place + " " + digest.to_string() + " " + policies_name;
  const auto owner = namespace_of(waiter);
  const auto now = impl_->clock.steady_now();
  std::unique_lock lock(impl_->mutex);
  if (std::exchange(impl_->judging_by, policies) != policies) impl_->forget_at = now;
  impl_->forget_unused(now);
  auto reply = impl_->verdicts.ask(key, waiter, max_age, now);
  lock.unlock();
  if (reply.answer) {
    return answer_of(reply.answer->map([](const Judged& judged) { return judged.verdict; }));
  }
  if (reply.start) {
    impl_->begin_verify(std::make_shared<VerifyRequest>(
        VerifyRequest{access, digest, policies, **policy, key, owner}));
  } else {
    impl_->local.join("verify " + key, owner);
    impl_->network.join("verify " + key, owner);
  }
  return std::nullopt;
}

void ArtifactLibrary::Impl::begin_verify(const std::shared_ptr<VerifyRequest>& request) {
  auto added = local.add("verify " + request->key, "", request->owner,
                         [this, request](std::stop_token) { verify_from_cache(request); });
  if (!added) finish_verify(*request, fail(std::move(added).error()));
}

void ArtifactLibrary::Impl::verify_from_cache(const std::shared_ptr<VerifyRequest>& request) {
  request->pins.push_back(cache.pin(request->digest));
  auto cached = verify_cached(request->verification(), cache, clock.now());
  if (!cached) return finish_verify(*request, fail(std::move(cached).error()));
  if (*cached) return finish_verify(*request, Judgement(*std::move(cached)));
  auto added = network.add(
      "verify " + request->key, lane_of(request->access), request->owner,
      [this, request](std::stop_token stop) { verify_from_registry(*request, std::move(stop)); });
  if (!added) finish_verify(*request, fail(std::move(added).error()));
}

void ArtifactLibrary::Impl::verify_from_registry(const VerifyRequest& request,
                                                 std::stop_token stop) {
  auto repository = repositories.open(request.access, clock.steady_now());
  if (!repository) return finish_verify(request, fail(std::move(repository).error()));
  finish_verify(
      request, verify_fetched(request.verification(), **repository, cache, clock, std::move(stop)));
}

void ArtifactLibrary::Impl::finish_verify(const VerifyRequest& request, Result<Judgement> result) {
  Result<Judged> judged = fail(ErrorCode::kCancelled, "");
  milliseconds age = kErrorAge;
  if (result) {
    auto pins = request.pins;
    if (const auto* accepted =
            std::get_if<std::shared_ptr<const signing::VerifiedArtifact>>(&*result)) {
      for (const auto& layer : (*accepted)->manifest().layers) {
        pins.push_back(cache.pin(layer.digest));
      }
    }
    judged = Judged{std::make_shared<const Verdict>(
                        Verdict{*std::move(result), &request.policy, request.policies}),
                    std::move(pins)};
  } else {
    age = error_age(result.error());
    judged = fail(std::move(result).error());
  }
  std::unique_lock lock(mutex);
  const auto finished = verdicts.finish(request.key, std::move(judged), age, clock.steady_now());
  lock.unlock();
  tell(finished.waiting);
}

// ---- objects

ArtifactLibrary::Answer<std::shared_ptr<const ParsedArtifact>> ArtifactLibrary::objects(
    const ArtifactAccess& access, std::shared_ptr<const signing::VerifiedArtifact> artifact,
    const std::string& path, const std::string& waiter) {
  const auto& digest = artifact->descriptor().digest;
  const auto key = access.place + " " + digest.to_string() + " " + path;
  const auto owner = namespace_of(waiter);
  const auto now = impl_->clock.steady_now();
  std::unique_lock lock(impl_->mutex);
  impl_->forget_unused(now);
  if (auto owed = impl_->parses.collect(key, waiter, now)) return answer_of(*std::move(owed));
  if (auto parsed = impl_->parsed.find(digest, path)) return parsed;
  auto reply = impl_->parses.ask(key, waiter, milliseconds(0), now);
  lock.unlock();
  if (reply.answer) return answer_of(*std::move(reply.answer));
  if (reply.start) {
    impl_->begin_objects(std::make_shared<ObjectsRequest>(
        ObjectsRequest{access, std::move(artifact), path, key, owner}));
  } else {
    impl_->local.join("objects " + key, owner);
    impl_->network.join("objects " + key, owner);
  }
  return std::nullopt;
}

void ArtifactLibrary::Impl::begin_objects(const std::shared_ptr<ObjectsRequest>& request) {
  auto added = local.add("objects " + request->key, "", request->owner,
                         [this, request](std::stop_token) { read_objects(request); });
  if (!added) finish_objects(*request, fail(std::move(added).error()));
}

void ArtifactLibrary::Impl::read_objects(const std::shared_ptr<ObjectsRequest>& request) {
  {
    // Another place's request may have come first.
    std::unique_lock lock(mutex);
    auto known = parsed.find(request->digest(), request->path);
    lock.unlock();
    if (known) return finish_objects(*request, std::move(known));
  }
  const auto layer = content_layer_of(*request->artifact);
  if (!layer) return finish_objects(*request, fail(layer.error()));
  if (!request->pin) request->pin = cache.pin(layer->digest);
  if (request->fetched || cache.has_blob(*layer)) {
    auto read = read_artifact_objects(*request->artifact, request->path, cache);
    if (read) return finish_objects(*request, std::make_shared<ParsedArtifact>(*std::move(read)));
    // A copy that was changed on disk is gone by now, and there is another in the registry.
    if (request->fetched || cache.has_blob(*layer)) {
      return finish_objects(*request, fail(std::move(read).error()));
    }
    log.warning(read.error().message());
  }
  auto added = network.add(
      "objects " + request->key, lane_of(request->access), request->owner,
      [this, request](std::stop_token stop) { fetch_content(request, std::move(stop)); });
  if (!added) finish_objects(*request, fail(std::move(added).error()));
}

void ArtifactLibrary::Impl::fetch_content(const std::shared_ptr<ObjectsRequest>& request,
                                          std::stop_token stop) {
  auto fetch = [&]() -> Result<> {
    SEALIFT_ASSIGN(const auto layer, content_layer_of(*request->artifact));
    SEALIFT_ASSIGN(const auto repository, repositories.open(request->access, clock.steady_now()));
    // Another place's request may have come first.
    return cache.has_blob(layer) ? Result<>() : cache.fetch_blob(*repository, layer, stop);
  };
  auto fetched = fetch();
  if (!fetched) return finish_objects(*request, fail(std::move(fetched).error()));
  request->fetched = true;
  begin_objects(request);
}

void ArtifactLibrary::Impl::finish_objects(const ObjectsRequest& request, Result<Parsed> result) {
  milliseconds age = kErrorAge;
  if (!result) {
    const bool lasting = result.error().code() == ErrorCode::kInvalidInput;
    age = lasting ? kParseErrorAge : error_age(result.error());
  }
  std::unique_lock lock(mutex);
  if (result) parsed.put(request.digest(), request.path, *result);
  const auto finished = parses.finish(request.key, std::move(result), age, clock.steady_now());
  lock.unlock();
  tell(finished.waiting);
}

// ---- the cache and the memory

bool ArtifactLibrary::is_cached(const Digest& digest) {
  const auto stored = impl_->cache.manifest(digest);
  if (!stored || !*stored) return false;
  const auto signatures = impl_->cache.signatures(digest);
  if (!signatures || !*signatures) return false;
  const auto manifest = oci::parse_manifest((*stored)->bytes, (*stored)->descriptor.media_type);
  if (!manifest) return false;
  const auto layer = oci::content_layer(*manifest);
  return layer && impl_->cache.has_blob(*layer);
}

Result<> ArtifactLibrary::tidy(const std::vector<Digest>& wanted) {
  std::vector<oci::StoredManifest> manifests;
  for (const auto& digest : std::set<Digest>(wanted.begin(), wanted.end())) {
    SEALIFT_ASSIGN(auto manifest, impl_->cache.manifest(digest));
    if (manifest) manifests.push_back(*std::move(manifest));
  }
  return impl_->cache.retain(manifests);
}

std::vector<std::string> ArtifactLibrary::expire(const std::string& repository_name,
                                                 const std::string& tag) {
  const std::lock_guard lock(impl_->mutex);
  std::set<std::string> waiters;
  for (const auto& key : impl_->watchers.keys(repository_name, tag)) {
    impl_->digests.expire(key);
    for (auto& watcher : impl_->watchers.of(key)) waiters.insert(std::move(watcher));
  }
  return {waiters.begin(), waiters.end()};
}

void ArtifactLibrary::Impl::forget_unused(SteadyTime now) {
  if (now < forget_at) return;
  forget_at = now + kForgetInterval;
  digests.forget(now, [](const Digest&) { return false; });
  verdicts.forget(now,
                  [&](const Judged& judged) { return judged.verdict->policies != judging_by; });
  parses.forget(now, [](const Parsed&) { return false; });
  watchers.forget(now);
  repositories.close_unused(now - kUnused);
}

}  // namespace sealift::puller
