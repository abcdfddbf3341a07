#pragma once

#include "layout_index.h"

#include <sealift/oci/archive.h>
#include <sealift/oci/repository.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sealift::oci {

// What an archive will hold. Copies into its repositories note what would have to be written, and
// fetch no blob. Safe to use from many threads.
class ArchivePlan {
 public:
  struct PlannedBlob {
    Descriptor descriptor;
    Repository* from = nullptr;
  };

  // `leave_out` may be empty.
  explicit ArchivePlan(BlobQuestion leave_out) : leave_out_(std::move(leave_out)) {}

  // The destination of what comes from a repository, which must outlive the plan.
  std::unique_ptr<Repository> destination(Repository& from);

  // kNotFound for a manifest that was not noted.
  Result<> name_image(std::string name, const Digest& manifest);

  // What was noted, when all copies have ended.
  Result<LayoutIndex> index() const;
  const std::map<Digest, StoredManifest>& manifests() const { return manifests_; }
  const std::map<Digest, PlannedBlob>& blobs() const { return blobs_; }
  const std::map<Digest, std::uint64_t>& left_out() const { return left_out_; }

 private:
  class Destination;

  Result<StoredManifest> find(std::string_view tag_or_digest);
  Result<> note_blob(const Descriptor& blob, Repository& from, const std::stop_token& stop);
  Result<PushedManifest> note_manifest(std::string_view bytes, std::string_view media_type,
                                       std::string_view tag);
  Result<std::vector<Descriptor>> referrers(const Digest& subject);
  Result<std::vector<std::string>> tags();

  const BlobQuestion leave_out_;
  std::mutex mutex_;
  std::map<Digest, PlannedBlob> blobs_;
  std::map<Digest, std::uint64_t> left_out_;  // sizes
  std::map<Digest, StoredManifest> manifests_;
  std::map<Digest, std::vector<Descriptor>> referrers_;
  std::map<std::string, Digest, std::less<>> tags_;
  std::map<std::string, Digest> images_;
  std::uint64_t manifest_bytes_ = 0;
};

}  // namespace sealift::oci
