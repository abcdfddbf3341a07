#pragma once

#include <sealift/base/clock.h>
#include <sealift/tuf/metadata.h>
#include <sealift/tuf/refusal.h>

#include <chrono>
#include <optional>
#include <string_view>

namespace sealift::tuf {

// By when metadata must be valid.
struct Freshness {
  // The start of the update: the same for each file of it (specification 5.1).
  Timestamp now;
  // For copies that were carried to where no newer ones come: metadata is still taken this long
  // after it expired. Zero is the specification.
  std::chrono::seconds allowed_since_expiry{0};
};

// A time at which nothing has expired: for who judges that later.
inline constexpr Freshness kWhenever{Timestamp::min(), std::chrono::seconds(0)};

// kExpired where the metadata is no longer valid, saying since when and what to do.
Checked<> check_expiry(const Envelope& envelope, const Freshness& freshness);

// The client's workflow (specification 1.0, section 5) without network and disk: bytes go in, in
// the order root, timestamp, snapshot, targets, and are trusted afterwards or refused. What was
// refused changes nothing. Calling a step before its predecessor is a programming error.
class TrustedSet {
 public:
  // 5.2: a root that was given or that an earlier run trusted; it must be signed by its own keys.
  static Checked<TrustedSet> begin(std::string_view root);

  // 5.3: the next root, signed by thresholds of the one before and of its own.
  Checked<> add_root(std::string_view bytes);
  // 5.3.10: no root follows; the last one must not have expired.
  Checked<> settle_root(const Freshness& freshness);

  // What an earlier run stored, to compare with; either may be missing. What the root's keys have
  // not signed is forgotten, together with the other (5.3.11: recovery from fast-forward attacks
  // by rotating keys); forgot_stored() says so.
  Checked<> recall(std::optional<std::string_view> timestamp,
                   std::optional<std::string_view> snapshot);
  bool forgot_stored() const { return forgot_stored_; }

  // 5.4. False where it is the version that is stored already, which is kept.
  Checked<bool> add_timestamp(std::string_view bytes, const Freshness& freshness);
  // 5.5.
  Checked<> add_snapshot(std::string_view bytes, const Freshness& freshness);
  // 5.6, of the role that the root names.
  Checked<> add_targets(std::string_view bytes, const Freshness& freshness);
  // 5.6, of a delegated role, which is not kept: another role may delegate to it by other keys.
  Checked<Targets> check_delegated(std::string_view bytes, const Delegation& delegation,
                                   const Freshness& freshness) const;

  const Root& root() const { return root_; }
  const TimestampRole& timestamp() const;
  const Snapshot& snapshot() const;
  const Targets& targets() const;
  // What the snapshot lists of a role of targets; kUnlisted.
  Checked<ListedFile> listed(std::string_view role) const;

 private:
  explicit TrustedSet(Root root) : root_(std::move(root)) {}

  Root root_;
  bool root_is_settled_ = false;
  bool keys_were_rotated_ = false;
  bool forgot_stored_ = false;
  std::optional<TimestampRole> stored_timestamp_;
  std::optional<Snapshot> stored_snapshot_;
  std::optional<TimestampRole> timestamp_;
  std::optional<Snapshot> snapshot_;
  std::optional<Targets> targets_;
};

}  // namespace sealift::tuf
