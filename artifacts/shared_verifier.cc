#include "shared_verifier.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace sealift::artifacts {
namespace {

using std::chrono::milliseconds;
using Accepted = std::shared_ptr<const signing::VerifiedArtifact>;

// What the keys of a repository's verdicts begin with; no name has a space.
std::string key_prefix(const std::string& repository) { return repository + " "; }

std::shared_ptr<const Verdict> refuse_without_policy(const std::string& repository,
                                                     const Digest& digest, const Policies& policies,
                                                     Error error) {
  signing::Evidence evidence{repository, digest, "", 0, {}, {}};
  evidence.broken_rule = signing::PolicyRule::kRepository;
  return std::make_shared<const Verdict>(
      Verdict{signing::Refused{std::move(error), std::move(evidence)}, nullptr, policies});
}

}  // namespace

struct SharedVerifier::Request {
  ArtifactAccess access;
  Digest digest;
  std::optional<std::string> tag;
  Policies policies;  // keeps their address from being another's as long as the key is in use
  const signing::TrustPolicy& policy;
  std::string key;
  std::string owner;
  std::shared_ptr<void> pin = {};
  std::set<std::string> told_too_early = {};  // got an answer that had expired while it was made

  std::string name() const { return "verify " + key; }
  Verification verification() const {
    return {access.repository.name(), access.place, access.way, digest, tag, policy};
  }
};

ArtifactLibrary::Answer<std::shared_ptr<const Verdict>> SharedVerifier::verify(
    const ArtifactAccess& access, const WantedArtifact& wanted, const Policies& policies,
    milliseconds max_age, const std::string& waiter) {
  const auto& [digest, tag] = wanted;
  const auto repository = access.repository.name();
  // Without a policy nothing is fetched at all: there is nothing that could be accepted.
  auto policy = signing::select_policy(*policies, repository);
  if (!policy) {
    return refuse_without_policy(repository, digest, policies, std::move(policy).error());
  }
  const auto moment = std::to_string(reinterpret_cast<std::uintptr_t>(policies.get()));
  // A verdict about freshness is one about a tag; the others serve all tags.
  const auto asked = (*policy)->freshness ? tag.value_or("-") + " " : std::string();
  auto request = std::make_shared<Request>(Request{
      access, digest, tag, policies, **policy,
      key_prefix(repository) + access.place + " " + digest.to_string() + " " + asked + moment,
      owner_of(waiter)});
  const auto now = work_.clock.steady_now();
  std::unique_lock lock(mutex_);
  forget_other_policies(policies, now);
  auto reply = verdicts_.ask(request->key, waiter, max_age, now);
  lock.unlock();
  if (reply.answer) {
    return answer_of(reply.answer->map([](const Judged& judged) { return judged.verdict; }));
  }
  if (reply.start) {
    begin(request);
  } else {
    work_.join(request->name(), request->owner);
  }
  return std::nullopt;
}

void SharedVerifier::begin(const RequestPointer& request) {
  auto added = work_.local.add(request->name(), "", request->owner,
                               [this, request](std::stop_token) { try_cache(request); });
  if (!added) finish(request, fail(std::move(added).error()));
}

void SharedVerifier::try_cache(const RequestPointer& request) {
  request->pin = work_.cache.pin(request->digest);
  auto cached = verify_cached(request->verification(), work_.cache, work_.clock.now());
  if (!cached) return finish(request, fail(std::move(cached).error()));
  if (*cached) return finish(request, Judgement(*std::move(cached)));
  auto added = work_.network.add(
      request->name(), lane_of(request->access), request->owner,
      [this, request](std::stop_token stop) { ask_registry(request, std::move(stop)); });
  if (!added) finish(request, fail(std::move(added).error()));
}

void SharedVerifier::ask_registry(const RequestPointer& request, std::stop_token stop) {
  auto repository = work_.repositories.open(request->access, work_.clock.steady_now());
  if (!repository) return finish(request, fail(std::move(repository).error()));
  finish(request, verify_fetched(request->verification(), **repository, work_.cache, work_.clock,
                                 std::move(stop)));
}

void SharedVerifier::finish(const RequestPointer& request, Result<Judgement> result) {
  const auto age = result ? milliseconds(0) : error_age(result.error());
  auto verdict = std::move(result).map(
      [&](Judgement&& judgement) { return judged(*request, std::move(judgement)); });
  std::unique_lock lock(mutex_);
  const auto finished =
      verdicts_.finish(request->key, std::move(verdict), age, work_.clock.steady_now());
  lock.unlock();
  auto told = std::exchange(request->told_too_early, {});
  told.insert(finished.waiting.begin(), finished.waiting.end());
  if (finished.again) request->told_too_early = told;
  work_.tell({told.begin(), told.end()});
  if (finished.again) begin(request);
}

SharedVerifier::Judged SharedVerifier::judged(const Request& request, Judgement judgement) {
  Judged judged{nullptr, {request.pin}};
  std::shared_ptr<const ArtifactFacts> facts;
  if (const auto* accepted = std::get_if<Accepted>(&judgement)) {
    facts = std::make_shared<const ArtifactFacts>(
        facts_of(request.access.repository.name(), **accepted));
    for (const auto& layer : (*accepted)->manifest().layers) {
      judged.pins.push_back(work_.cache.pin(layer.digest));
    }
  }
  judged.verdict = std::make_shared<const Verdict>(
      Verdict{std::move(judgement), &request.policy, request.policies, std::move(facts)});
  return judged;
}

void SharedVerifier::forget_other_policies(const Policies& policies, SteadyTime now) {
  if (policies == policies_) return;
  policies_ = policies;
  verdicts_.forget(now,
                   [&](const Judged& judged) { return judged.verdict->policies != policies_; });
}

void SharedVerifier::expire_refusals(const std::string& repository_name) {
  const std::lock_guard lock(mutex_);
  const auto prefix = key_prefix(repository_name);
  verdicts_.expire_if([&](const std::string& key) { return key.starts_with(prefix); },
                      [](const Judged& judged) {
                        return std::holds_alternative<signing::Refused>(judged.verdict->judgement);
                      });
}

void SharedVerifier::forget_unused(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  verdicts_.forget(now, [](const Judged&) { return false; });
}

}  // namespace sealift::artifacts
