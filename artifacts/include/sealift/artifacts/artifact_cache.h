#pragma once

#include <sealift/artifacts/removal_pins.h>
#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/signature_store.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::artifacts {

// What was fetched, on disk, by digest: manifests, layers, the signatures that were found for a
// manifest, and who has fetched it. Nothing in it is believed: bytes are hashed again while they
// are read, and signatures are verified at each run. A broken entry is a missing one.
class ArtifactCache {
 public:
  // `directory` is created where it is missing; both must outlive the cache.
  ArtifactCache(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  // Nullopt where it is not there or its bytes do not fit the digest.
  Result<std::optional<oci::StoredManifest>> manifest(const Digest& digest);
  Result<> store_manifest(const oci::StoredManifest& manifest);

  Result<std::optional<signing::SignatureSet>> signatures(const Digest& digest);
  Result<> store_signatures(const Digest& digest, const signing::SignatureSet& signatures);

  // Who has had this manifest from a registry, so that the cache is no way around what a registry
  // allows. `reader` is ArtifactAccess::place or way.
  bool has_reader(const Digest& digest, const std::string& reader);
  Result<> store_reader(const Digest& digest, const std::string& reader);

  bool has_blob(const oci::Descriptor& blob);
  // Fetches a blob into the cache, verified while it is written; a half-written file never gets
  // the blob's name.
  Result<> fetch_blob(oci::Repository& repository, const oci::Descriptor& blob,
                      std::stop_token stop);
  // Streams a blob into the sink; kUntrusted at the end where the bytes do not fit, and the entry
  // is removed so that the next run fetches it again.
  Result<> read_blob(const oci::Descriptor& blob, ByteSink& sink);

  // Removes what a crash left half-written. Only before the first fetch of this process, which must
  // be the directory's only user.
  Result<> remove_leftovers();
  // As long as the handle lives, retain() leaves alone what is or comes to be stored under that
  // digest. The cache must outlive it.
  std::shared_ptr<void> pin(const Digest& digest);
  // Removes everything but these manifests, their signatures and blobs, what is pinned, and what is
  // being written. Others may use the cache meanwhile; what they want to find again they pin before
  // they look for it.
  Result<> retain(const std::vector<oci::StoredManifest>& wanted);

 private:
  struct File {
    std::string kind;  // the directory
    std::string name;
    std::string path;
  };
  Result<> for_each_file(const std::function<Result<>(const File&)>& visit);
  std::string path_of(std::string_view kind, const Digest& digest) const;
  FileSystem& files_;
  std::string directory_;
  RemovalPins pins_;
};

}  // namespace sealift::artifacts
