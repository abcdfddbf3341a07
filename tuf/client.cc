#include <sealift/base/encoding.h>
#include <sealift/tuf/client.h>
#include <sealift/tuf/target_search.h>

#include "update_run.h"

namespace sealift::tuf {

Result<Root> initialize_trust(const ClientEnvironment& environment, const TrustDirectory& directory,
                              std::string_view bytes, const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto begun, TrustedSet::begin(bytes));
  SEALIFT_ASSIGN(const auto lock, directory.lock(environment.clock, stop));
  const auto version = begun.root().envelope.version;
  const auto present = directory.root();
  if (!present && present.error().code() != ErrorCode::kNotFound) return fail(present.error());
  if (!present) {
    SEALIFT_TRY(directory.store_root(version, bytes));
    return begun.root();
  }
  SEALIFT_ASSIGN(const bool known, directory.knows_root(version, bytes));
  if (known) return begun.root();
  return fail(ErrorCode::kConflict,
              "the folder " + printable(directory.path(), 400) +
                  " trusts another root already, which is never replaced by hand; update it, or "
                  "begin in another folder");
}

Result<UpdateResult> Client::update(RepositorySource& source, const std::stop_token& stop) {
  SEALIFT_TRY(directory_.root());  // before a folder is made where there was none
  SEALIFT_ASSIGN(const auto lock, directory_.lock(environment_.clock, stop));
  UpdateRun run(environment_, directory_, source, {environment_.clock.now(), allowed_since_expiry_},
                stop);
  return run.run();
}

Result<FetchedTarget> Client::get_target(RepositorySource& source, const std::string& path,
                                         const std::stop_token& stop) {
  SEALIFT_TRY(check_target_path(path));
  SEALIFT_TRY(directory_.root());
  SEALIFT_ASSIGN(const auto lock, directory_.lock(environment_.clock, stop));
  UpdateRun run(environment_, directory_, source, {environment_.clock.now(), allowed_since_expiry_},
                stop);
  SEALIFT_ASSIGN(const auto updated, run.run());
  const auto& trusted = updated.trusted;
  FetchedTarget result;
  SEALIFT_ASSIGN(result.target,
                 find_target(trusted.targets(), path, [&](const Delegation& delegation) {
                   return run.load_delegated(trusted, delegation);
                 }));
  result.path = directory_.target_path(path);
  SEALIFT_ASSIGN(result.was_there, directory_.holds(result.target));
  if (!result.was_there) SEALIFT_TRY(run.fetch_target(trusted, result.target));
  return result;
}

}  // namespace sealift::tuf
