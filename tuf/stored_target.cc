#include <sealift/tuf/stored_target.h>

#include <sealift/base/encoding.h>
#include <sealift/tuf/repository_source.h>
#include <sealift/tuf/target_search.h>
#include <sealift/tuf/trusted_set.h>

#include <chrono>
#include <optional>
#include <utility>

namespace sealift::tuf {
namespace {

class StoredTargetReader {
 public:
  explicit StoredTargetReader(const TrustDirectory& directory) : directory_(directory) {}

  Result<StoredTarget> read(const std::string& path, std::uint64_t limit) {
    SEALIFT_TRY(check_target_path(path));
    SEALIFT_ASSIGN(const auto trusted, read_chain());
    SEALIFT_ASSIGN(const auto target,
                   find_target(trusted.targets(), path, [&](const Delegation& delegation) {
                     return load_delegated(trusted, delegation);
                   }));
    if (target.length > limit) {
      return fail(ErrorCode::kInvalidInput,
                  "the target " + printable(path) + " has " + std::to_string(target.length) +
                      " bytes, and the limit is " + std::to_string(limit));
    }
    SEALIFT_ASSIGN(result_.bytes, directory_.read_target(target));
    return std::move(result_);
  }

 private:
  Result<TrustedSet> read_chain() {
    auto& state = result_.state;
    SEALIFT_ASSIGN(state.root, directory_.root());
    SEALIFT_ASSIGN(auto trusted, TrustedSet::begin(state.root));
    SEALIFT_TRY(trusted.settle_root(kWhenever));
    note(trusted.root().envelope);
    SEALIFT_ASSIGN(state.timestamp, metadata("timestamp", kMaxTimestampBytes));
    SEALIFT_TRY(trusted.add_timestamp(state.timestamp, kWhenever));
    note(trusted.timestamp().envelope);
    SEALIFT_ASSIGN(state.snapshot, metadata("snapshot", kMaxSnapshotBytes));
    SEALIFT_TRY(trusted.add_snapshot(state.snapshot, kWhenever));
    note(trusted.snapshot().envelope);
    SEALIFT_ASSIGN(const auto targets, metadata("targets", kMaxTargetsBytes));
    SEALIFT_TRY(trusted.add_targets(targets, kWhenever));
    note(trusted.targets().envelope);
    return trusted;
  }

  Result<Targets> load_delegated(const TrustedSet& trusted, const Delegation& delegation) {
    SEALIFT_ASSIGN(const auto bytes, metadata(delegation.role, kMaxTargetsBytes));
    SEALIFT_ASSIGN(auto targets, trusted.check_delegated(bytes, delegation, kWhenever));
    note(targets.envelope);
    return targets;
  }

  Result<std::string> metadata(const std::string& role, std::uint64_t limit) {
    SEALIFT_ASSIGN(auto bytes, directory_.metadata(role, limit));
    if (bytes) return *std::move(bytes);
    return fail(ErrorCode::kNotFound,
                "the folder " + printable(directory_.path(), 400) + " has no " +
                    printable(role, 80) +
                    ".json; update it with \"sealift trust get\", and bring it in whole");
  }

  void note(const Envelope& envelope) {
    if (!result_.first_to_expire.empty() && result_.expires <= envelope.expires) return;
    result_.first_to_expire = describe_role(envelope.role, envelope.version);
    result_.expires = envelope.expires;
  }

  const TrustDirectory& directory_;
  StoredTarget result_;
};

}  // namespace

Result<StoredTarget> read_stored_target(const TrustDirectory& directory, const std::string& path,
                                        std::uint64_t limit) {
  return StoredTargetReader(directory).read(path, limit);
}

}  // namespace sealift::tuf
