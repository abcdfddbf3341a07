#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/puller/artifact_cache.h>
#include <sealift/puller/configuration.h>
#include <sealift/puller/delivery.h>
#include <sealift/signing/verifier.h>

#include <memory>
#include <stop_token>
#include <string>

namespace sealift::puller {

// Where one Delivery's artifact comes from: the cache first, then the registry. Nothing that it
// returns is believed yet but that bytes match their digest.
class ArtifactSource {
 public:
  // kNotFound for a missing Secret, kInvalidInput for a broken one. `cache` must outlive it.
  static Result<std::unique_ptr<ArtifactSource>> open(const Delivery& delivery,
                                                      const Configuration& configuration,
                                                      const oci::RepositoryEnvironment& environment,
                                                      ArtifactCache& cache);

  // The digest that the Delivery asks for now: one HEAD for a tag, a list of tags for a range, no
  // request for a digest.
  Result<Digest> resolve(std::stop_token stop);
  Result<oci::StoredManifest> manifest(const Digest& digest, std::stop_token stop);
  // `refresh` asks the registry even where the cache has some.
  struct Signatures {
    signing::SignatureSet set;
    bool from_cache = false;
  };
  Result<Signatures> signatures(const Digest& digest, bool refresh, std::stop_token stop);
  // Brings the layer with manifests into the cache. kInvalidInput for one of more than 256 MiB.
  Result<> fetch_content(const signing::VerifiedArtifact& artifact, std::stop_token stop);

 private:
  ArtifactSource(const Delivery& delivery, std::unique_ptr<oci::Repository> repository,
                 ArtifactCache& cache)
      : delivery_(delivery), repository_(std::move(repository)), cache_(cache) {}
  const Delivery& delivery_;
  std::unique_ptr<oci::Repository> repository_;
  ArtifactCache& cache_;
};

}  // namespace sealift::puller
