#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/repository.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

using BlobQuestion = std::function<Result<bool>(const Digest&, std::stop_token)>;

struct ArchiveSummary {
  std::uint64_t manifests = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;           // of those blobs
  std::uint64_t left_out = 0;        // blobs
  std::uint64_t left_out_bytes = 0;  // of those
  std::uint64_t kept_bytes = 0;      // of the file, that an interrupted writing had left
};

// Whether a file may be at the archive's path already, which is then replaced.
enum class ArchivePlace { kNew, kReplaced };

// An image layout as one tar, uncompressed: oci-layout, index.json, all manifests, then the blobs,
// small ones first, each in the order of their digests, so that a reader knows what is coming and
// the same content gives the same bytes. Blobs are streamed and never kept; manifests are kept, 64
// MiB of them at most.
class ArchiveBuilder {
 public:
  // Blobs for which `leave_out` is true are not written: the other side has them. It may be empty.
  // `observer` is told of manifests as they are added, and of blobs when they are written; may be
  // null.
  explicit ArchiveBuilder(BlobQuestion leave_out = {}, TransferObserver* observer = nullptr);
  ~ArchiveBuilder();
  ArchiveBuilder(const ArchiveBuilder&) = delete;
  ArchiveBuilder& operator=(const ArchiveBuilder&) = delete;

  // Finds out what belongs to the items, as copy_artifacts() does, and fetches manifests alone; the
  // builder's observer counts. `from` must outlive the builder. Errors of copy_artifacts().
  Result<CopySummary> add(Repository& from, const std::vector<CopyItem>& items,
                          const CopyOptions& options, std::stop_token stop);

  // Gives a manifest that was added the whole name of an image (layout_images.h). kNotFound.
  Result<> name_image(std::string name, const Digest& manifest);

  // `parallel`: how many small blobs are fetched at once. Errors of the repositories and the sink.
  Result<ArchiveSummary> write(ByteSink& sink, std::size_t parallel, std::stop_token stop) const;
  // Writes PATH.partial, which becomes PATH when it is whole and on the disk; what an interrupted
  // writing has left there is used, after it was read and its digests compared. kUnavailable where
  // another process writes it; kConflict where PATH.partial is a link, belongs to another user or
  // holds something else than the beginning of an archive, and where PATH must be new and is not.
  Result<ArchiveSummary> write_file(FileSystem& files, const std::string& path, ArchivePlace place,
                                    std::size_t parallel, std::stop_token stop) const;

 private:
  std::unique_ptr<class ArchivePlan> plan_;
  TransferObserver* observer_;
};

// The blobs that a copy of the items would need, in the order of their digests; no blob is fetched,
// and no observer told.
// Errors of copy_artifacts().
Result<std::vector<Descriptor>> list_blobs(Repository& from, const std::vector<CopyItem>& items,
                                           const CopyOptions& options, std::stop_token stop);

// Which artifacts of an archive are wanted, by its tags.
using ChooseItems =
    std::function<Result<std::vector<CopyItem>>(const std::vector<std::string>& tags)>;

struct StreamedCopy {
  std::vector<CopyItem> items;
  CopySummary summary;
};

// Copies out of an archive that is read once from its beginning to its end, as it comes in.
// kInvalidInput where blobs come before manifests, as other programs write them: such an archive
// has to be a file. Otherwise as copy_artifacts().
Result<StreamedCopy> copy_from_stream(ByteSource& archive, Repository& to,
                                      const ChooseItems& choose, const CopyOptions& options,
                                      std::stop_token stop);

}  // namespace sealift::oci
