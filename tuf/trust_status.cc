#include <sealift/tuf/repository_source.h>
#include <sealift/tuf/target_search.h>
#include <sealift/tuf/trust_status.h>

#include <deque>
#include <set>
#include <utility>

namespace sealift::tuf {
namespace {

// A time at which nothing has expired: what is too old is shown, and marked.
constexpr Freshness kWhenever{Timestamp::min(), std::chrono::seconds(0)};

std::optional<Refusal> problem_of(const Checked<>& checked) {
  return checked ? std::nullopt : std::optional(checked.error());
}

class StatusReader {
 public:
  StatusReader(const TrustDirectory& directory, const Freshness& freshness)
      : directory_(&directory), freshness_(freshness) {}

  Result<TrustStatus> read() {
    SEALIFT_ASSIGN(const auto bytes, directory_->root());
    SEALIFT_ASSIGN(auto trusted, TrustedSet::begin(bytes));
    SEALIFT_TRY(trusted.settle_root(kWhenever));
    const auto& root = trusted.root();
    status_.consistent_snapshot = root.consistent_snapshot;
    add_good(root.envelope, root.root);
    SEALIFT_TRY(read_chain(trusted));
    return std::move(status_);
  }

 private:
  // Each role is checked by the one before it; where one is missing, nothing can be said of the
  // rest.
  Result<> read_chain(TrustedSet& trusted) {
    const auto& root = trusted.root();
    SEALIFT_ASSIGN(const auto timestamp, directory_->metadata("timestamp", kMaxTimestampBytes));
    if (!timestamp) return {};
    if (const auto added = trusted.add_timestamp(*timestamp, kWhenever); !added) {
      return add_bad("timestamp", root.timestamp, added.error());
    }
    add_good(trusted.timestamp().envelope, root.timestamp);
    SEALIFT_ASSIGN(const auto snapshot, directory_->metadata("snapshot", kMaxSnapshotBytes));
    if (!snapshot) return {};
    if (const auto added = trusted.add_snapshot(*snapshot, kWhenever); !added) {
      return add_bad("snapshot", root.snapshot, added.error());
    }
    add_good(trusted.snapshot().envelope, root.snapshot);
    SEALIFT_ASSIGN(const auto targets, directory_->metadata("targets", kMaxTargetsBytes));
    if (!targets) return {};
    if (const auto added = trusted.add_targets(*targets, kWhenever); !added) {
      return add_bad("targets", root.targets, added.error());
    }
    add_good(trusted.targets().envelope, root.targets);
    SEALIFT_TRY(add_targets(trusted.targets()));
    return read_delegated(trusted);
  }

  // Those that an earlier search stored.
  Result<> read_delegated(const TrustedSet& trusted) {
    std::deque<Delegation> queue(trusted.targets().delegations.begin(),
                                 trusted.targets().delegations.end());
    std::set<std::string> visited;
    while (!queue.empty() && visited.size() < kMaxVisitedRoles) {
      const auto delegation = std::move(queue.front());
      queue.pop_front();
      if (visited.contains(delegation.role)) continue;
      SEALIFT_ASSIGN(const auto bytes, directory_->metadata(delegation.role, kMaxTargetsBytes));
      if (!bytes) continue;
      visited.insert(delegation.role);
      const auto targets = trusted.check_delegated(*bytes, delegation, kWhenever);
      if (!targets) {
        SEALIFT_TRY(add_bad(delegation.role, delegation.keys, targets.error()));
        continue;
      }
      add_good(targets->envelope, delegation.keys);
      SEALIFT_TRY(add_targets(*targets));
      queue.insert(queue.end(), targets->delegations.begin(), targets->delegations.end());
    }
    return {};
  }

  void add_good(const Envelope& envelope, const RoleKeys& keys) {
    status_.roles.push_back({envelope.role, envelope, keys.keys.size(), keys.threshold,
                             problem_of(check_expiry(envelope, freshness_))});
  }

  Result<> add_bad(const std::string& role, const RoleKeys& keys, const Refusal& refusal) {
    status_.roles.push_back({role, std::nullopt, keys.keys.size(), keys.threshold, refusal});
    return {};
  }

  Result<> add_targets(const Targets& targets) {
    for (const auto& target : targets.targets) {
      bool stored = false;
      if (check_target_path(target.path)) {
        SEALIFT_ASSIGN(stored, directory_->holds(target));
      }
      status_.targets.push_back({target, targets.envelope.role, stored});
    }
    return {};
  }

  const TrustDirectory* directory_;
  Freshness freshness_;
  TrustStatus status_;
};

Json role_json(const RoleStatus& role) {
  Json json;
  json.set("role", role.role);
  if (role.envelope) {
    json.set("version", role.envelope->version);
    json.set("expires", format_timestamp(role.envelope->expires));
  }
  json.set("keys", static_cast<std::uint64_t>(role.keys));
  json.set("threshold", role.threshold);
  json.set("state", role.problem ? to_string(role.problem->kind) : "valid");
  if (role.problem) json.set("problem", role.problem->message);
  return json;
}

Json target_json(const TargetStatus& status) {
  Json json;
  json.set("path", status.target.path);
  json.set("role", status.role);
  json.set("length", status.target.length);
  Json hashes = Json::array();
  for (const auto& hash : status.target.hashes) hashes.push_back(hash.to_string());
  json.set("hashes", std::move(hashes));
  json.set("stored", status.stored);
  return json;
}

}  // namespace

Result<TrustStatus> read_trust_status(const TrustDirectory& directory, const Freshness& freshness) {
  return StatusReader(directory, freshness).read();
}

Json to_json(const TrustStatus& status) {
  Json json;
  json.set("consistentSnapshot", status.consistent_snapshot);
  Json roles = Json::array();
  for (const auto& role : status.roles) roles.push_back(role_json(role));
  json.set("roles", std::move(roles));
  Json targets = Json::array();
  for (const auto& target : status.targets) targets.push_back(target_json(target));
  json.set("targets", std::move(targets));
  return json;
}

}  // namespace sealift::tuf
