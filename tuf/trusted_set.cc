#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/tuf/trusted_set.h>

#include <cassert>
#include <string>

namespace sealift::tuf {
namespace {

std::string name_of(const Envelope& envelope) {
  return describe_role(envelope.role, envelope.version);
}

Refusal refuse(RefusalKind kind, const Envelope& envelope, const std::string& why) {
  return {kind, envelope.role, envelope.version, name_of(envelope) + " " + why};
}

Checked<> check_signatures(const Envelope& envelope, const RoleKeys& keys) {
  return verify_signatures(keys, envelope.signatures, envelope.signed_bytes, envelope.role,
                           envelope.version);
}

// 5.5.1 and 5.5.2, 5.6.1 and 5.6.2: what the listing file says of the bytes.
Checked<> check_bytes(std::string_view bytes, const ListedFile& listed, std::string_view role) {
  if (listed.length && bytes.size() != *listed.length) {
    return fail(Refusal{RefusalKind::kLength, std::string(role), listed.version,
                        describe_role(role, listed.version) + " has " +
                            std::to_string(bytes.size()) + " bytes where " +
                            std::to_string(*listed.length) + " are listed"});
  }
  for (const auto& hash : listed.hashes) {
    const auto own = Digest::of(bytes, hash.algorithm());
    if (own == hash) continue;
    return fail(Refusal{RefusalKind::kHash, std::string(role), listed.version,
                        describe_role(role, listed.version) + " is " + own.to_string() + " where " +
                            hash.to_string() + " is listed"});
  }
  return {};
}

// 5.5.4, 5.6.4: a file of another version than listed mixes two states of the repository.
Checked<> check_version(const Envelope& envelope, const ListedFile& listed,
                        std::string_view listed_by) {
  if (envelope.version == listed.version) return {};
  return fail(refuse(RefusalKind::kVersion, envelope,
                     "is not the version " + std::to_string(listed.version) + " that the " +
                         std::string(listed_by) + " lists"));
}

Refusal rolled_back(const Envelope& envelope, std::string_view what, std::int64_t offered,
                    std::int64_t trusted) {
  return refuse(RefusalKind::kRollback, envelope,
                std::string(what) + std::to_string(offered) + ", but version " +
                    std::to_string(trusted) +
                    " was trusted before; the repository or a mirror shows an older state");
}

// 5.5.5: nothing that was listed may disappear or go back.
Checked<> check_rollback(const Snapshot& snapshot, const Snapshot& before) {
  for (const auto& entry : before.entries) {
    const ListedFile* now = snapshot.find(entry.name);
    const auto name = printable(entry.name, 80);
    if (now == nullptr) {
      return fail(refuse(RefusalKind::kRollback, snapshot.envelope,
                         "no longer lists " + name + ", which snapshot " +
                             std::to_string(before.envelope.version) + " does"));
    }
    if (now->version < entry.file.version) {
      return fail(rolled_back(snapshot.envelope, "lists " + name + " in version ", now->version,
                              entry.file.version));
    }
  }
  return {};
}

}  // namespace

Checked<> check_expiry(const Envelope& envelope, const Freshness& freshness) {
  if (freshness.now < envelope.expires + freshness.allowed_since_expiry) return {};
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(freshness.now - envelope.expires);
  std::string why = "expired at " + format_timestamp(envelope.expires) + ", " +
                    format_duration(since) + " before " + format_timestamp(freshness.now);
  if (freshness.allowed_since_expiry.count() > 0) {
    why += ", which is more than the " + format_duration(freshness.allowed_since_expiry) +
           " that are allowed for this copy";
  }
  return fail(refuse(RefusalKind::kExpired, envelope,
                     why + "; fetch a current state of the repository, or ask its owners why there "
                           "is none"));
}

Checked<TrustedSet> TrustedSet::begin(std::string_view bytes) {
  SEALIFT_ASSIGN(auto root, Root::parse(bytes));
  SEALIFT_TRY(check_signatures(root.envelope, root.root));
  return TrustedSet(std::move(root));
}

Checked<> TrustedSet::add_root(std::string_view bytes) {
  assert(!root_is_settled_);
  SEALIFT_ASSIGN(auto next, Root::parse(bytes));
  SEALIFT_TRY(check_signatures(next.envelope, root_.root));
  SEALIFT_TRY(check_signatures(next.envelope, next.root));
  if (next.envelope.version != root_.envelope.version + 1) {
    return fail(refuse(RefusalKind::kVersion, next.envelope,
                       "was given as the successor of root " +
                           std::to_string(root_.envelope.version) + "; versions must not skip"));
  }
  keys_were_rotated_ = keys_were_rotated_ || lost_a_key(root_.timestamp, next.timestamp) ||
                       lost_a_key(root_.snapshot, next.snapshot);
  root_ = std::move(next);
  return {};
}

Checked<> TrustedSet::settle_root(const Freshness& freshness) {
  SEALIFT_TRY(check_expiry(root_.envelope, freshness));
  root_is_settled_ = true;
  return {};
}

Checked<> TrustedSet::recall(std::optional<std::string_view> timestamp,
                             std::optional<std::string_view> snapshot) {
  std::optional<TimestampRole> stored_timestamp;
  std::optional<Snapshot> stored_snapshot;
  bool signed_by_root = true;
  if (timestamp) {
    SEALIFT_ASSIGN(stored_timestamp, TimestampRole::parse(*timestamp));
    signed_by_root = check_signatures(stored_timestamp->envelope, root_.timestamp).has_value();
  }
  if (snapshot) {
    SEALIFT_ASSIGN(stored_snapshot, Snapshot::parse(*snapshot));
    signed_by_root =
        signed_by_root && check_signatures(stored_snapshot->envelope, root_.snapshot).has_value();
  }
  if (keys_were_rotated_ || !signed_by_root) {
    forgot_stored_ = timestamp || snapshot;
    return {};
  }
  stored_timestamp_ = std::move(stored_timestamp);
  stored_snapshot_ = std::move(stored_snapshot);
  return {};
}

Checked<bool> TrustedSet::add_timestamp(std::string_view bytes, const Freshness& freshness) {
  assert(root_is_settled_);
  SEALIFT_ASSIGN(auto next, TimestampRole::parse(bytes));
  SEALIFT_TRY(check_signatures(next.envelope, root_.timestamp));
  bool is_new = true;
  if (stored_timestamp_) {
    const auto& stored = *stored_timestamp_;
    if (next.envelope.version < stored.envelope.version) {
      return fail(rolled_back(next.envelope, "is version ", next.envelope.version,
                              stored.envelope.version));
    }
    is_new = next.envelope.version > stored.envelope.version;
    if (!is_new) next = stored;
    if (next.snapshot.version < stored.snapshot.version) {
      return fail(rolled_back(next.envelope, "lists the snapshot in version ",
                              next.snapshot.version, stored.snapshot.version));
    }
  }
  SEALIFT_TRY(check_expiry(next.envelope, freshness));
  timestamp_ = std::move(next);
  return is_new;
}

Checked<> TrustedSet::add_snapshot(std::string_view bytes, const Freshness& freshness) {
  const auto& listed = timestamp().snapshot;
  SEALIFT_TRY(check_bytes(bytes, listed, "snapshot"));
  SEALIFT_ASSIGN(auto next, Snapshot::parse(bytes));
  SEALIFT_TRY(check_signatures(next.envelope, root_.snapshot));
  SEALIFT_TRY(check_version(next.envelope, listed, "timestamp"));
  if (stored_snapshot_) SEALIFT_TRY(check_rollback(next, *stored_snapshot_));
  SEALIFT_TRY(check_expiry(next.envelope, freshness));
  snapshot_ = std::move(next);
  return {};
}

Checked<> TrustedSet::add_targets(std::string_view bytes, const Freshness& freshness) {
  const Delegation from_root{.role = "targets", .keys = root_.targets};
  SEALIFT_ASSIGN(targets_, check_delegated(bytes, from_root, freshness));
  return {};
}

Checked<Targets> TrustedSet::check_delegated(std::string_view bytes, const Delegation& delegation,
                                             const Freshness& freshness) const {
  SEALIFT_ASSIGN(const auto listed_file, listed(delegation.role));
  SEALIFT_TRY(check_bytes(bytes, listed_file, delegation.role));
  SEALIFT_ASSIGN(auto next, Targets::parse(bytes, delegation.role));
  SEALIFT_TRY(check_signatures(next.envelope, delegation.keys));
  SEALIFT_TRY(check_version(next.envelope, listed_file, "snapshot"));
  SEALIFT_TRY(check_expiry(next.envelope, freshness));
  return next;
}

Checked<ListedFile> TrustedSet::listed(std::string_view role) const {
  if (const auto* file = snapshot().find(std::string(role) + ".json")) return *file;
  return fail(Refusal{RefusalKind::kUnlisted, std::string(role), 0,
                      name_of(snapshot().envelope) + " does not list " + describe_role(role, 0) +
                          ".json, though a role delegates to it"});
}

const TimestampRole& TrustedSet::timestamp() const {
  assert(timestamp_);
  return *timestamp_;
}

const Snapshot& TrustedSet::snapshot() const {
  assert(snapshot_);
  return *snapshot_;
}

const Targets& TrustedSet::targets() const {
  assert(targets_);
  return *targets_;
}

}  // namespace sealift::tuf
