#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/repository.h>
#include <sealift/oci/transfer_observer.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

struct CopyItem {
  std::string from;               // tag or digest at the source
  std::vector<std::string> tags;  // at the destination; empty: by its digest alone
};

struct CopyOptions {
  // With whatever points at a copied manifest by its subject, and at that again.
  bool referrers = true;
  // With the manifests under tags that are named after a copied one, "sha256-HEX.ENDING" for each
  // of these endings: how signatures were kept before there were referrers. Without the dot.
  std::vector<std::string> attached_endings;
  // Where such a tag is there already and holds what the source has not: replace it nevertheless.
  bool overwrite_attached = false;
  // The source's name where it is a repository of the destination's own registry, which can then
  // take over its blobs without getting them; otherwise empty.
  std::string mount_from;
  // Blobs that the destination is known to have and is not asked about; may be null.
  const std::set<Digest>* present_blobs = nullptr;
  // Threads at work at once; each has at most one transfer under way, from one side to the other.
  std::size_t parallel = 4;
  // Is told how far the copy is; may be null.
  TransferObserver* observer = nullptr;
};

struct CopiedArtifact {
  std::string from;  // as asked for
  Descriptor descriptor;
  bool was_there = false;  // with all of its tags; never where it has none
};

struct CopySummary {
  std::vector<CopiedArtifact> artifacts;  // in the order of the items
  std::uint64_t manifests = 0;            // that were stored, attached ones included
  std::uint64_t attached = 0;             // of those: referrers, and under named tags
  std::uint64_t blobs = 0;                // that were stored
  std::uint64_t bytes = 0;                // of those
};

// Copies artifacts with all that belongs to them from one repository to another. Content that is
// there is not sent again, so that a copy that was interrupted goes on where it stopped. A tag
// appears when everything below it and everything attached to it is there.
//
// Errors of both repositories; kNotFound for what the source names and lacks; kConflict where a
// named tag of the destination would lose content; kInvalidInput for manifests that no registry
// can hold (children that are no manifests, a tree of more than 8 levels or 100,000 manifests).
// Nothing that was stored before an error is taken back.
Result<CopySummary> copy_artifacts(Repository& from, Repository& to,
                                   const std::vector<CopyItem>& items, const CopyOptions& options,
                                   std::stop_token stop);

}  // namespace sealift::oci
