#pragma once

#include <sealift/base/result.h>
#include <sealift/tuf/client.h>
#include <sealift/tuf/trusted_set.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace sealift::tuf {

// One update of a trust folder, whose lock is held: sections 5.2 to 5.6 in order, each step stored
// before the next is asked for.
class UpdateRun {
 public:
  UpdateRun(const ClientEnvironment& environment, const TrustDirectory& directory,
            RepositorySource& source, Freshness freshness, std::stop_token stop);

  Result<UpdateResult> run();
  // A delegated role (5.6): the stored file where it is still right, otherwise the source's.
  Result<Targets> load_delegated(const TrustedSet& trusted, const Delegation& delegation);
  // 5.7.
  Result<> fetch_target(const TrustedSet& trusted, const TargetFile& target);

 private:
  using Accept = std::function<Checked<>(std::string_view)>;

  Result<> follow_roots(TrustedSet& trusted);
  Result<> recall_stored(TrustedSet& trusted);
  Result<> update_timestamp(TrustedSet& trusted);
  Result<> update_listed(const TrustedSet& trusted, const std::string& role,
                         const ListedFile& listed, std::uint64_t limit, const Accept& accept);
  Result<std::string> fetch(const MetadataName& name, std::uint64_t limit);
  // Tries again what is unavailable for the moment.
  Result<> patiently(const std::function<Result<>()>& attempt);

  ClientEnvironment environment_;
  const TrustDirectory* directory_;
  RepositorySource* source_;
  Freshness freshness_;
  std::stop_token stop_;
};

}  // namespace sealift::tuf
