#pragma once

#include <sealift/artifacts/artifact_library.h>

#include <mutex>
#include <string>
#include <vector>

#include "library_work.h"
#include "reference_watchers.h"
#include "shared_work.h"

namespace sealift::artifacts {

// ArtifactLibrary::resolve() and expire().
class SharedResolver {
 public:
  explicit SharedResolver(LibraryWork& work) : work_(work) {}

  ArtifactLibrary::Answer<Resolved> resolve(const ArtifactAccess& access,
                                            std::chrono::milliseconds max_age,
                                            const std::string& waiter);
  std::vector<std::string> expire(const std::string& repository_name, const std::string& tag);
  void forget_unused(SteadyTime now);

 private:
  void begin(const ArtifactAccess& access, const std::string& owner);
  void finish(const ArtifactAccess& access, const std::string& owner, Result<Resolved> result);

  LibraryWork& work_;
  std::mutex mutex_;
  SharedWork<Resolved> answers_;
  ReferenceWatchers watchers_;
};

}  // namespace sealift::artifacts
