#pragma once

#include <sealift/artifacts/artifact_cache.h>
#include <sealift/artifacts/artifact_facts.h>
#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/secret_source.h>
#include <sealift/objects/object.h>
#include <sealift/oci/open_repository.h>
#include <sealift/signing/verifier.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace sealift::artifacts {

// Which artifact a Delivery wants and how its registry is reached: what Deliveries must have in
// common to share one request.
struct ArtifactAccess {
  oci::Reference repository;
  delivery::ArtifactSelector select;
  oci::RepositoryOptions options;
  // Hashes, so that they tell no password. Equal keys: the same question. Equal places: the same
  // repository and login. Equal ways: the same repository, by the same proxy and certificates.
  std::string key;
  std::string place;
  std::string way;
};

// Reads the Secrets that the Delivery names: kNotFound, kForbidden or kInvalidInput about them.
Result<ArtifactAccess> artifact_access(const delivery::Delivery& delivery,
                                       delivery::SecretSource& secrets, std::stop_token stop);

// All policies of one moment. Another object is another moment: verdicts are not carried over.
using Policies = std::shared_ptr<const std::vector<signing::TrustPolicy>>;

// What a policy said about one artifact, the rollback rule left out: that one is each Delivery's
// own (signing::check_rollback()).
struct Verdict {
  std::variant<std::shared_ptr<const signing::VerifiedArtifact>, signing::Refused> judgement;
  // The policy that judged, one of `policies`; null where none is about the repository.
  const signing::TrustPolicy* policy = nullptr;
  Policies policies;
  // Of what was accepted: one copy for all who deliver it. Null where it was refused.
  std::shared_ptr<const ArtifactFacts> facts = nullptr;
};

// The manifests of a verified artifact below one folder, parsed once for all Deliveries.
struct ParsedArtifact {
  std::vector<objects::Object> objects;  // in the order of files and documents; at least one
  std::uint64_t estimated_bytes = 0;     // what they take in memory, about
};

// What a reference means.
struct Resolved {
  Digest digest;
  std::string tag;  // by which it was found: the given one, or the range's choice; may be empty
  bool operator==(const Resolved&) const = default;
};

// What a verdict is wanted about.
struct WantedArtifact {
  Digest digest;
  // As of Resolved. Nullopt where no reference means it now: what is put back is old on purpose,
  // and nobody asks whether it is fresh.
  std::optional<std::string> tag;
};

// Artifacts on their way from registries, shared by all Deliveries of a puller: who names the same
// artifact shares one HEAD, one fetch, one verification and one parse. No call waits for the
// network: nullopt says that it is being done, and that `waiter` will be woken, which may happen
// before the call returns; asked again with the same arguments, the call then gives the answer,
// however old that has become. Errors are shared as well and forgotten after a few seconds, or
// after what a server asked for (at most a minute). Requests run on a few threads of the library's
// own, fairly over the namespaces of those who asked, so that one team's dead registry delays no
// other. Safe from many threads.
//
// Errors of the calls: as oci::Repository, kIo of the cache, and kUnavailable where the machine has
// no thread to give.
class ArtifactLibrary {
 public:
  using Wake = std::function<void(const std::string& waiter)>;
  template <typename T>
  using Answer = Result<std::optional<T>>;

  // All references must outlive the library. `wake` is called from its threads, with no lock held.
  ArtifactLibrary(const oci::RepositoryEnvironment& environment, ArtifactCache& cache, Clock& clock,
                  Logger log, Wake wake);
  // Cancels what is under way; nobody is woken for that.
  ~ArtifactLibrary();

  // Who asks: a Delivery's id ("NAMESPACE/NAME").
  // What is wanted now, from an answer younger than `max_age`: one HEAD for a tag, a
  // list of tags and a HEAD for a range, no request for a digest. Whoever has resolved a reference
  // lately is woken when it has got another digest. No age at all: not even what this waiter has
  // waited for until now will do; it asks again with the age that it can bear. kNotFound also where
  // no tag is in the range.
  Answer<Resolved> resolve(const ArtifactAccess& access, std::chrono::milliseconds max_age,
                           const std::string& waiter);
  // Fetches manifest and signatures (from the cache where it has them; newer signatures are looked
  // for once where the cached ones do not satisfy the policy) and judges them. The cache serves who
  // has had the manifest from the registry before, with this login or, while the registry is away,
  // with another: it gives nobody what a registry would not. A verdict is asked for again after
  // `max_age`, since keys and artifacts grow old. Without a policy about the repository nothing is
  // fetched, and the verdict is Refused.
  Answer<std::shared_ptr<const Verdict>> verify(const ArtifactAccess& access,
                                                const WantedArtifact& wanted,
                                                const Policies& policies,
                                                std::chrono::milliseconds max_age,
                                                const std::string& waiter);
  // Brings the content of a verified artifact into the cache and parses what lies below `path`:
  // kInvalidInput for a layer of more than 256 MiB, for what breaks the limits of
  // artifact_objects.h, and for a path without objects. Small results stay in memory for a while,
  // large ones as long as somebody holds them.
  Answer<std::shared_ptr<const ParsedArtifact>> objects(
      const ArtifactAccess& access, std::shared_ptr<const signing::VerifiedArtifact> artifact,
      const std::string& path, const std::string& waiter);

  // Whether everything of that digest is in the cache, so that it can be delivered on this way
  // without a network. Looks at the disk.
  bool is_cached(const ArtifactAccess& access, const Digest& digest);
  // Removes from the cache what is neither among these digests nor asked for in the last minutes.
  // Runs may go on meanwhile. kIo; where a wanted manifest cannot be read, nothing is removed.
  Result<> tidy(const std::vector<Digest>& wanted);
  // The digest of a reference may have changed (a registry's webhook): who resolves next asks anew.
  // So does who was refused, for the push may have been a signature; its tag concerns all.
  // Returns the waiters that have resolved it lately. `repository_name` is Reference::name();
  // `tag` empty: all tags.
  std::vector<std::string> expire(const std::string& repository_name, const std::string& tag);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::artifacts
