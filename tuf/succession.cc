#include <sealift/tuf/succession.h>

#include <sealift/tuf/client.h>
#include <sealift/tuf/trusted_set.h>

#include <optional>
#include <utility>

namespace sealift::tuf {
namespace {

std::string root_name(std::int64_t version) { return describe_role("root", version); }

Refusal refuse(RefusalKind kind, std::int64_t version, std::string why) {
  return {kind, "root", version, root_name(version) + " " + std::move(why)};
}

// The roots between the two, and the last one.
Result<> follow_roots(TrustedSet& trusted, const std::string& last, std::int64_t last_version,
                      const TrustDirectory& folder) {
  const auto first = trusted.root().envelope.version;
  const auto not_following = root_name(last_version) + " does not follow from " + root_name(first);
  for (auto version = first + 1; version <= last_version; ++version) {
    std::optional<std::string> bytes = last;
    if (version < last_version) {
      SEALIFT_ASSIGN(bytes, folder.past_root(version));
    }
    if (!bytes) {
      return fail(refuse(RefusalKind::kVersion, version,
                         "is not in the folder's root_history, so that nothing shows that " +
                             root_name(last_version) + " follows from " + root_name(first) +
                             ": it is another repository, or not brought in whole"));
    }
    if (auto added = trusted.add_root(*bytes); !added) {
      return fail(
          std::move(added).error().with_context(not_following + ", so it is another repository"));
    }
  }
  return {};
}

}  // namespace

Result<> check_succession(const RepositoryState& before, const RepositoryState& now,
                          const TrustDirectory& folder) {
  SEALIFT_ASSIGN(auto trusted, TrustedSet::begin(before.root));
  SEALIFT_ASSIGN(const auto last, Root::parse(now.root));
  const auto& had = trusted.root().envelope;
  const auto version = last.envelope.version;
  if (version < had.version) {
    return fail(refuse(
        RefusalKind::kRollback, version,
        "is older than " + root_name(had.version) + ": it is an old copy, or another repository"));
  }
  if (version == had.version && last.envelope.signed_bytes != had.signed_bytes) {
    return fail(refuse(RefusalKind::kVersion, version,
                       "is not the one that was read before: it is another repository"));
  }
  if (version - had.version > static_cast<std::int64_t>(kMaxNewRoots)) {
    return fail(refuse(RefusalKind::kLimit, version,
                       "comes more than the limit of " + std::to_string(kMaxNewRoots) +
                           " roots after " + root_name(had.version)));
  }
  SEALIFT_TRY(follow_roots(trusted, now.root, version, folder));
  SEALIFT_TRY(trusted.settle_root(kWhenever));
  SEALIFT_TRY(trusted.recall(before.timestamp, before.snapshot));
  SEALIFT_TRY(trusted.add_timestamp(now.timestamp, kWhenever));
  SEALIFT_TRY(trusted.add_snapshot(now.snapshot, kWhenever));
  return {};
}

}  // namespace sealift::tuf
