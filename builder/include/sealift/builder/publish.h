#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/artifact.h>
#include <sealift/oci/repository.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::builder {

// An artifact that is stored: blobs first, then the manifest, then each tag.
struct Pushed {
  oci::Descriptor manifest;
  oci::Reference reference;  // with the digest, and the first tag where there is one
  std::vector<std::string> tags;
};

// Stores what an artifact's manifest names, layer and config, to which no tag leads yet. Errors of
// Repository::push_blob().
Result<> push_content(const Artifact& artifact, oci::Repository& repository,
                      const std::stop_token& stop);

// Stores an artifact under `target`'s tag, then under each of `more_tags`; without any tag it is
// stored by digest alone. A `target` with another digest than the artifact's is kConflict before
// anything is sent, an impossible tag kInvalidInput. Errors of Repository otherwise.
Result<Pushed> publish(const Artifact& artifact, const oci::Reference& target,
                       const std::vector<std::string>& more_tags, oci::Repository& repository,
                       std::stop_token stop);

}  // namespace sealift::builder
