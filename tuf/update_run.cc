#include "update_run.h"

#include <sealift/base/backoff.h>
#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift::tuf {
namespace {

constexpr std::uint32_t kAttempts = 3;

// What servers of files answer where there is nothing (5.3.3 knows no other end of the chain).
bool is_absent(const Error& error) {
  return error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kForbidden;
}

// 5.7.3: any of the listed hashes may be in the name; most repositories have SHA-256.
std::vector<TargetName> names_of(const TargetFile& target, bool consistent_snapshot) {
  std::vector<TargetName> names;
  if (!consistent_snapshot) return {{target.path, std::nullopt}};
  for (const auto& hash : target.hashes) names.push_back({target.path, hash});
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.hash->algorithm() < b.hash->algorithm(); });
  return names;
}

}  // namespace

UpdateRun::UpdateRun(const ClientEnvironment& environment, const TrustDirectory& directory,
                     RepositorySource& source, Freshness freshness, std::stop_token stop)
    : environment_(environment),
      directory_(&directory),
      source_(&source),
      freshness_(freshness),
      stop_(std::move(stop)) {}

Result<UpdateResult> UpdateRun::run() {
  SEALIFT_ASSIGN(const auto root, directory_->root());
  SEALIFT_ASSIGN_CONTEXT(auto trusted, TrustedSet::begin(root),
                         "the root in " + printable(directory_->path(), 400));
  const auto first_root = trusted.root().envelope.version;
  SEALIFT_TRY(follow_roots(trusted));
  SEALIFT_TRY(recall_stored(trusted));
  SEALIFT_TRY(trusted.settle_root(freshness_));
  SEALIFT_TRY(update_timestamp(trusted));
  SEALIFT_TRY(update_listed(
      trusted, "snapshot", trusted.timestamp().snapshot, kMaxSnapshotBytes,
      [&](std::string_view bytes) { return trusted.add_snapshot(bytes, freshness_); }));
  SEALIFT_ASSIGN(const auto listed, trusted.listed("targets"));
  SEALIFT_TRY(update_listed(
      trusted, "targets", listed, kMaxTargetsBytes,
      [&](std::string_view bytes) { return trusted.add_targets(bytes, freshness_); }));
  const bool forgot_stored = trusted.forgot_stored();
  return UpdateResult{first_root, std::move(trusted), forgot_stored};
}

Result<> UpdateRun::follow_roots(TrustedSet& trusted) {
  for (std::size_t count = 0; count < kMaxNewRoots; ++count) {
    const auto version = trusted.root().envelope.version + 1;
    auto bytes = fetch({"root", version}, kMaxRootBytes);
    if (!bytes && is_absent(bytes.error())) return {};
    if (!bytes) return fail(std::move(bytes).error());
    SEALIFT_TRY(trusted.add_root(*bytes));
    SEALIFT_TRY(directory_->store_root(version, *bytes));
  }
  return fail(Refusal{RefusalKind::kLimit, "root", trusted.root().envelope.version,
                      "the repository offers more than " + std::to_string(kMaxNewRoots) +
                          " new roots; the last one that was verified is root " +
                          std::to_string(trusted.root().envelope.version) +
                          ". Run the update again to go on from there"});
}

// Before anything new is asked for, so that rotated keys forget the old state even where the
// repository then fails to give a new one.
Result<> UpdateRun::recall_stored(TrustedSet& trusted) {
  SEALIFT_ASSIGN(const auto timestamp, directory_->metadata("timestamp", kMaxTimestampBytes));
  SEALIFT_ASSIGN(const auto snapshot, directory_->metadata("snapshot", kMaxSnapshotBytes));
  SEALIFT_TRY_CONTEXT(
      trusted.recall(timestamp, snapshot),
      "a file in " + printable(directory_->path(), 400) +
          " is damaged; remove the folder and begin again with a root that you trust");
  if (!trusted.forgot_stored()) return {};
  SEALIFT_TRY(directory_->forget_metadata("timestamp"));
  return directory_->forget_metadata("snapshot");
}

Result<> UpdateRun::update_timestamp(TrustedSet& trusted) {
  SEALIFT_ASSIGN(const auto bytes, fetch({"timestamp", std::nullopt}, kMaxTimestampBytes));
  SEALIFT_ASSIGN(const bool is_new, trusted.add_timestamp(bytes, freshness_));
  return is_new ? directory_->store_metadata("timestamp", bytes) : Result<>();
}

// A file that another one lists by version: the stored one where it is accepted, otherwise that of
// the source, which is then stored.
Result<> UpdateRun::update_listed(const TrustedSet& trusted, const std::string& role,
                                  const ListedFile& listed, std::uint64_t limit,
                                  const Accept& accept) {
  SEALIFT_ASSIGN(const auto stored, directory_->metadata(role, limit));
  if (stored && accept(*stored)) return {};
  MetadataName name{role, std::nullopt};
  if (trusted.root().consistent_snapshot) name.version = listed.version;
  SEALIFT_ASSIGN(const auto bytes, fetch(name, std::min(limit, listed.length.value_or(limit))));
  SEALIFT_TRY(accept(bytes));
  return directory_->store_metadata(role, bytes);
}

Result<Targets> UpdateRun::load_delegated(const TrustedSet& trusted, const Delegation& delegation) {
  SEALIFT_ASSIGN(const auto listed, trusted.listed(delegation.role));
  std::optional<Targets> accepted;
  SEALIFT_TRY(update_listed(
      trusted, delegation.role, listed, kMaxTargetsBytes, [&](std::string_view bytes) -> Checked<> {
        SEALIFT_ASSIGN(accepted, trusted.check_delegated(bytes, delegation, freshness_));
        return {};
      }));
  return *std::move(accepted);
}

Result<> UpdateRun::fetch_target(const TrustedSet& trusted, const TargetFile& target) {
  const auto names = names_of(target, trusted.root().consistent_snapshot);
  Result<> done;
  for (const auto& name : names) {
    done = patiently([&]() -> Result<> {
      return directory_->store_target(target, [&](ByteSink& sink) {
        return source_->fetch_target(name, target.length, sink, stop_);
      });
    });
    if (done || done.error().code() != ErrorCode::kNotFound) break;
  }
  return done;
}

Result<std::string> UpdateRun::fetch(const MetadataName& name, std::uint64_t limit) {
  std::string bytes;
  SEALIFT_TRY(patiently([&]() -> Result<> {
    SEALIFT_ASSIGN(bytes, source_->fetch_metadata(name, limit, stop_));
    return {};
  }));
  return bytes;
}

Result<> UpdateRun::patiently(const std::function<Result<>()>& attempt) {
  for (std::uint32_t failures = 1;; ++failures) {
    auto done = attempt();
    if (done || done.error().code() != ErrorCode::kUnavailable || failures == kAttempts) {
      return done;
    }
    const auto wait = Backoff{}.delay(failures, random_fraction(environment_.random));
    environment_.clock.sleep_until(environment_.clock.steady_now() + wait, stop_);
    if (stop_.stop_requested()) return done;
  }
}

}  // namespace sealift::tuf
