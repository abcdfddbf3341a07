#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/puller/puller.h>

#include <thread>

namespace sealift::puller {

// Removes from the cache what no Delivery of the puller has accepted or would go back to. Nothing
// is removed where a state cannot be read. Runs may go on meanwhile. The errors of
// ArtifactLibrary::tidy().
Result<> tidy_cache(Puller& puller, artifacts::ArtifactLibrary& artifacts);

// Does so from time to time on a thread of its own, for as long as it lives.
class CacheTidier {
 public:
  // All must outlive the tidier.
  CacheTidier(Puller& puller, artifacts::ArtifactLibrary& artifacts, Clock& clock, Logger log);

 private:
  std::jthread thread_;
};

}  // namespace sealift::puller
