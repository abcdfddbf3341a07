#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/tuf/repository_source.h>
#include <sealift/tuf/trust_directory.h>
#include <sealift/tuf/trusted_set.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::tuf {

// New roots that one update takes; an endless chain is cut here, and the next update goes on.
inline constexpr std::size_t kMaxNewRoots = 1024;

// What the client stands on; all must outlive it.
struct ClientEnvironment {
  FileSystem& files;
  Clock& clock;
  Random& random;
};

struct UpdateResult {
  std::int64_t first_root = 0;  // before the update
  TrustedSet trusted;
  // The stored timestamp and snapshot were dropped, because the keys were rotated (5.3.11).
  bool forgot_stored = false;
};

struct FetchedTarget {
  TargetFile target;
  std::string path;        // of the file in the trust folder
  bool was_there = false;  // nothing had to be fetched
};

// Begins a trust folder with a root that was brought from somewhere safe. A root that the folder
// trusts, or did before it followed later ones, changes nothing. kConflict where the folder trusts
// another one; kInvalidInput or kUntrusted for bytes that are no root, or are not signed by their
// own keys. An expired root is fine here.
Result<Root> initialize_trust(const ClientEnvironment& environment, const TrustDirectory& directory,
                              std::string_view root, const std::stop_token& stop);

// A client of one repository (specification 1.0, section 5), which keeps what it trusts in a
// folder. What was verified is stored at once, so a later failure takes nothing back; nothing is
// ever replaced by something older. Requests that fail for the moment are tried again twice. Many
// processes may use one folder: they take turns.
class Client {
 public:
  Client(ClientEnvironment environment, TrustDirectory directory,
         std::chrono::seconds allowed_since_expiry)
      : environment_(environment),
        directory_(std::move(directory)),
        allowed_since_expiry_(allowed_since_expiry) {}

  // Sections 5.1 to 5.6 without delegated roles. Errors name role, version and rule; kUntrusted and
  // kInvalidInput as Refusal says, kNotFound where the folder has no root or the source no such
  // file, otherwise as the source or the disk fails.
  Result<UpdateResult> update(RepositorySource& source, const std::stop_token& stop);

  // 5.6.7 and 5.7, after an update: finds a target, through delegations where it must, and has it
  // in the folder afterwards. kNotFound where no role lists it.
  Result<FetchedTarget> get_target(RepositorySource& source, const std::string& path,
                                   const std::stop_token& stop);

 private:
  ClientEnvironment environment_;
  TrustDirectory directory_;
  std::chrono::seconds allowed_since_expiry_;
};

}  // namespace sealift::tuf
