#pragma once

#include <sealift/artifacts/artifact_library.h>

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "artifact_fetch.h"
#include "library_work.h"
#include "shared_work.h"

namespace sealift::artifacts {

// ArtifactLibrary::verify().
class SharedVerifier {
 public:
  explicit SharedVerifier(LibraryWork& work) : work_(work) {}

  ArtifactLibrary::Answer<std::shared_ptr<const Verdict>> verify(const ArtifactAccess& access,
                                                                 const WantedArtifact& wanted,
                                                                 const Policies& policies,
                                                                 std::chrono::milliseconds max_age,
                                                                 const std::string& waiter);
  // Something that may change a refusal has come to the repository: who asks next asks anew, and
  // what is under way is judged once more.
  void expire_refusals(const std::string& repository_name);
  void forget_unused(SteadyTime now);

 private:
  struct Request;
  using RequestPointer = std::shared_ptr<Request>;
  struct Judged {
    std::shared_ptr<const Verdict> verdict;
    std::vector<std::shared_ptr<void>> pins;  // what the verdict is about stays in the cache
  };

  void begin(const RequestPointer& request);
  void try_cache(const RequestPointer& request);
  void ask_registry(const RequestPointer& request, std::stop_token stop);
  void finish(const RequestPointer& request, Result<Judgement> result);
  Judged judged(const Request& request, Judgement judgement);
  void forget_other_policies(const Policies& policies, SteadyTime now);

  LibraryWork& work_;
  std::mutex mutex_;
  SharedWork<Judged> verdicts_;
  Policies policies_;  // of the latest question
};

}  // namespace sealift::artifacts
