#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sealift::artifacts {

// Repositories by place, kept open because they know how their registry wants a login and hold its
// tokens: without them each HEAD would be three requests. Safe from many threads.
class OpenRepositories {
 public:
  OpenRepositories(const oci::RepositoryEnvironment& environment, Logger log)
      : environment_(environment), log_(std::move(log)) {}

  Result<std::shared_ptr<oci::Repository>> open(const ArtifactAccess& access, SteadyTime now);
  // Closes those that were last opened before that time.
  void close_unused(SteadyTime since);

 private:
  struct Entry {
    std::shared_ptr<oci::Repository> repository;
    SteadyTime used;
  };
  const oci::RepositoryEnvironment& environment_;
  Logger log_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace sealift::artifacts
