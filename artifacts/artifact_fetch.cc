#include "artifact_fetch.h"

#include <sealift/oci/version_range.h>

#include <utility>

namespace sealift::artifacts {
namespace {

Judgement judge(const Verification& what, const oci::StoredManifest& manifest,
                const signing::SignatureSet& signatures, Timestamp now) {
  const auto tag = what.tag ? std::optional<std::string_view>(*what.tag) : std::nullopt;
  auto verdict = signing::verify({.repository = what.repository,
                                  .artifact = manifest,
                                  .signatures = signatures,
                                  .policy = what.policy,
                                  .now = now,
                                  .tag = tag});
  if (auto* refused = std::get_if<signing::Refused>(&verdict)) return std::move(*refused);
  return std::make_shared<const signing::VerifiedArtifact>(
      std::get<signing::VerifiedArtifact>(std::move(verdict)));
}

// All that is asked before holds, signatures and attestations among it. Age and rollback are asked
// after, and nothing is known of them.
bool fails_at_freshness(const signing::Refused& refused) {
  return refused.evidence.broken_rule == signing::PolicyRule::kFreshness;
}

struct FoundManifest {
  oci::StoredManifest manifest;
  bool is_cached = false;
  bool is_read = false;  // by this place, as the cache knows
};

Result<FoundManifest> manifest_of(const Verification& what, oci::Repository& repository,
                                  ArtifactCache& cache, const std::stop_token& stop) {
  SEALIFT_ASSIGN(auto cached, cache.manifest(what.digest));
  if (cached && cache.has_reader(what.digest, what.place)) {
    return FoundManifest{*std::move(cached), true, true};
  }
  auto fetched = repository.fetch_manifest(what.digest.to_string(), stop);
  if (!fetched) {
    // A login may be a new one while the registry is away; another one has read it on this way.
    const bool away = fetched.error().code() == ErrorCode::kUnavailable;
    if (away && cached && cache.has_reader(what.digest, what.way)) {
      return FoundManifest{*std::move(cached), true, true};
    }
    return fail(std::move(fetched).error());
  }
  return FoundManifest{*std::move(fetched), cached.has_value(), false};
}

// Of what was accepted alone: whoever may push could fill the disk with what nobody signed.
Result<> keep(const Verification& what, const FoundManifest& found, ArtifactCache& cache) {
  if (!found.is_cached) SEALIFT_TRY(cache.store_manifest(found.manifest));
  if (found.is_read) return {};
  SEALIFT_TRY(cache.store_reader(what.digest, what.way));
  return cache.store_reader(what.digest, what.place);
}

}  // namespace

Result<Resolved> resolve_now(oci::Repository& repository, const std::string& repository_name,
                             const delivery::ArtifactSelector& select, std::stop_token stop) {
  std::string wanted = select.tag;
  if (!select.semver.empty()) {
    SEALIFT_ASSIGN(auto range, oci::VersionRange::parse(select.semver));
    SEALIFT_ASSIGN(auto tags, repository.tags(stop));
    auto newest = oci::select_newest(tags, range);
    if (!newest) {
      return fail(ErrorCode::kNotFound,
                  "no tag of " + repository_name + " is a version in the range " + select.semver);
    }
    wanted = *std::move(newest);
  }
  SEALIFT_ASSIGN(auto descriptor, repository.resolve(wanted, stop));
  return Resolved{descriptor.digest, std::move(wanted)};
}

Result<std::shared_ptr<const signing::VerifiedArtifact>> verify_cached(const Verification& what,
                                                                       ArtifactCache& cache,
                                                                       Timestamp now) {
  SEALIFT_ASSIGN(const auto manifest, cache.manifest(what.digest));
  if (!manifest || !cache.has_reader(what.digest, what.place)) return nullptr;
  SEALIFT_ASSIGN(const auto signatures, cache.signatures(what.digest));
  if (!signatures) return nullptr;
  auto judgement = judge(what, *manifest, *signatures, now);
  if (std::holds_alternative<signing::Refused>(judgement)) return nullptr;
  return std::get<std::shared_ptr<const signing::VerifiedArtifact>>(std::move(judgement));
}

Result<Judgement> verify_fetched(const Verification& what, oci::Repository& repository,
                                 ArtifactCache& cache, Clock& clock, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto found, manifest_of(what, repository, cache, stop));
  SEALIFT_ASSIGN(const auto cached, cache.signatures(what.digest));
  std::optional<signing::Refused> lacking;
  if (cached) {
    auto judgement = judge(what, found.manifest, *cached, clock.now());
    auto* refused = std::get_if<signing::Refused>(&judgement);
    if (refused == nullptr) {
      SEALIFT_TRY(keep(what, found, cache));
      return judgement;
    }
    lacking = std::move(*refused);
  }
  auto fetched =
      signing::fetch_signatures(repository, what.digest, signing::wanted_by(what.policy), stop);
  if (!fetched) {
    if (!lacking) return fail(std::move(fetched).error());
    auto error = std::move(fetched).error().with_context(
        lacking->error.message() + "; and newer signatures could not be looked for");
    // To stop is our own doing.
    if (error.code() == ErrorCode::kCancelled || !fails_at_freshness(*lacking)) {
      return fail(std::move(error));
    }
    // Whoever holds updates back may be silent, turn us away or send what nobody can read: none of
    // it is a better answer than an old statement.
    lacking->error = Error(ErrorCode::kUntrusted, error.message());
    return *std::move(lacking);
  }
  auto judgement = judge(what, found.manifest, *fetched, clock.now());
  if (!std::holds_alternative<signing::Refused>(judgement)) {
    SEALIFT_TRY(keep(what, found, cache));
    SEALIFT_TRY(cache.store_signatures(what.digest, *fetched));
  } else if (lacking && fails_at_freshness(*lacking)) {
    // Nor does what is withheld now take back what was given before.
    const auto& rule = std::get<signing::Refused>(judgement).evidence.broken_rule;
    if (rule < signing::PolicyRule::kFreshness) return *std::move(lacking);
  }
  return judgement;
}

}  // namespace sealift::artifacts
