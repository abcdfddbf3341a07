#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>

#include <stop_token>

#include "output.h"
#include "trust_flags.h"

namespace sealift::program {

struct FetchedArtifact {
  oci::Descriptor descriptor;
  oci::Manifest manifest;
  bool verified = false;
};

// An artifact's manifest: with a key, identity or policy only where that accepts it (kUntrusted),
// without one whatever the repository has. kInvalidInput for an index, naming what it lists.
Result<FetchedArtifact> fetch_artifact(const oci::Reference& reference, oci::Repository& repository,
                                       const TrustFlags& trust, std::stop_token stop);

// Says so where nothing was checked.
void warn_if_unverified(const FetchedArtifact& fetched, const Output& output);

}  // namespace sealift::program
