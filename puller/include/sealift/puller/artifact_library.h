#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>
#include <sealift/oci/open_repository.h>
#include <sealift/puller/artifact_cache.h>
#include <sealift/puller/delivery.h>
#include <sealift/puller/secret_source.h>
#include <sealift/signing/verifier.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sealift::puller {

// Which artifact a Delivery wants and how its registry is reached: what Deliveries must have in
// common to share one request.
struct ArtifactAccess {
  oci::Reference repository;
  ArtifactSelector select;
  oci::RepositoryOptions options;
  std::string key;  // equal for equal accesses; a hash, so that it tells no password
};

// kNotFound, kForbidden or kInvalidInput about the Secrets that the Delivery names.
Result<ArtifactAccess> artifact_access(const Delivery& delivery, SecretSource& secrets,
                                       std::stop_token stop);

// All policies of one moment. Another object is another moment: verdicts are not carried over.
using Policies = std::shared_ptr<const std::vector<signing::TrustPolicy>>;

// What a policy said about one artifact, the rollback rule left out: that one is each Delivery's
// own (signing::check_rollback).
struct Verdict {
  std::variant<std::shared_ptr<const signing::VerifiedArtifact>, signing::Refused> judgement;
};

// The manifests of a verified artifact below one folder, parsed once for all Deliveries.
struct ParsedArtifact {
  std::vector<objects::Object> objects;  // in the order of files and documents
};

// Artifacts on their way from registries, shared by all Deliveries of a puller: who names the same
// artifact shares one HEAD, one fetch, one verification and one parse. No call waits for the
// network: nullopt says that it is being done, and that `waiter` will be woken. Errors are shared
// as well and forgotten after a few seconds. Requests run on a few threads of the library's own,
// fairly over the namespaces of those who asked, so that one team's dead registry delays no other.
// Safe from many threads.
class ArtifactLibrary {
 public:
  using Wake = std::function<void(const std::string& waiter)>;
  template <typename T>
  using Answer = Result<std::optional<T>>;

  // All references must outlive the library. `wake` is called from its threads, with no lock held.
  ArtifactLibrary(const oci::RepositoryEnvironment& environment, ArtifactCache& cache, Clock& clock,
                  Logger log, Wake wake);
  ~ArtifactLibrary();

  // Who asks: a Delivery's id ("NAMESPACE/NAME").
  // The digest that is wanted now, from an answer not older than `max_age`.
  Answer<Digest> resolve(const ArtifactAccess& access, std::chrono::milliseconds max_age,
                         const std::string& waiter);
  // Fetches manifest and signatures (from the cache where it has them; newer signatures are looked
  // for once where the cached ones do not satisfy the policy) and judges them. A verdict is asked
  // for again after `max_age`, since keys and artifacts grow old. Without a policy about the
  // repository nothing is fetched, and the verdict is Refused.
  Answer<std::shared_ptr<const Verdict>> verify(const ArtifactAccess& access, const Digest& digest,
                                                const Policies& policies,
                                                std::chrono::milliseconds max_age,
                                                const std::string& waiter);
  // Brings the content of a verified artifact into the cache and parses what lies below `path`.
  // kept in memory while it is in use and a little longer.
  Answer<std::shared_ptr<const ParsedArtifact>> objects(
      const ArtifactAccess& access, std::shared_ptr<const signing::VerifiedArtifact> artifact,
      const std::string& path, const std::string& waiter);

  // Whether everything of that digest is in the cache, so that it can be delivered without a
  // network.
  bool is_cached(const Digest& digest);
  // The digest of a reference may have changed (a registry's webhook): who resolves next asks anew.
  // Returns the waiters that have resolved it before. `tag` empty: all tags.
  std::vector<std::string> expire(const std::string& repository_name, const std::string& tag);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::puller
