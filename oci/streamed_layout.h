#pragma once

#include "layout_reader.h"

#include <sealift/archive/tar_stream.h>
#include <sealift/base/bytes.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace sealift::oci {

// An archive that is read once as it comes: index and manifests, which have to come first, are
// kept, and then the blobs are handed out one by one.
class StreamedLayout : public LayoutFiles {
 public:
  // `source` must outlive it.
  explicit StreamedLayout(ByteSource& source);

  // Reads up to the first blob. kInvalidInput.
  Result<> read_manifests();

  struct BlobEntry {
    Digest digest;
    std::uint64_t size = 0;
  };
  // The next blob, whose content content() then gives; nullopt behind the last. kInvalidInput
  // where a manifest stands among the blobs.
  Result<std::optional<BlobEntry>> next_blob();
  ByteSource& content() { return tar_; }

  // Index and manifests, never blobs.
  Result<std::shared_ptr<const LayoutIndex>> index() override { return index_; }
  Result<std::unique_ptr<ByteSource>> open(const Digest& digest) override;
  Result<bool> holds(const Digest& digest) override { return manifests_.contains(digest); }
  const std::string& shown() const override { return shown_; }

 private:
  Result<> read_document(const std::string& path);
  Result<> read_manifest(const Digest& digest);
  Result<> expect_children(const Digest& digest, const std::string& bytes);

  const std::string shown_ = "the archive on standard input";
  archive::TarStream tar_;
  bool has_layout_ = false;
  std::shared_ptr<const LayoutIndex> index_;
  std::map<Digest, std::string> expected_;  // manifests that may come, with their media types
  std::map<Digest, std::string> manifests_;
  std::uint64_t manifest_bytes_ = 0;
  std::optional<BlobEntry> first_blob_;
};

}  // namespace sealift::oci
