#pragma once

#include "archive_plan.h"

#include <sealift/base/bytes.h>
#include <sealift/oci/transfer_observer.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

// One file of an archive that is to be written: a document, or a blob of a repository.
struct ArchiveEntry {
  std::string path;
  std::uint64_t size = 0;
  std::string document;                            // where `blob` is null
  const ArchivePlan::PlannedBlob* blob = nullptr;  // of the plan
};

// All files in their order (see ArchiveBuilder). The plan must outlive them.
Result<std::vector<ArchiveEntry>> archive_entries(const ArchivePlan& plan);

struct EntryFetching {
  std::size_t parallel = 4;              // small blobs at once
  TransferObserver* observer = nullptr;  // is told of blobs; may be null
};
// Writes the entries from `first` on, and the end of the archive.
Result<> write_entries(const std::vector<ArchiveEntry>& entries, std::size_t first, ByteSink& sink,
                       const EntryFetching& fetching, const std::stop_token& stop);

// How many entries `file` begins with, whole and with the right content, and where they end.
struct WrittenEntries {
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  bool is_other = false;  // it differs within the first entry, which all archives have in common
};
Result<WrittenEntries> compare_entries(const std::vector<ArchiveEntry>& entries, ByteSource& file,
                                       const std::stop_token& stop);

}  // namespace sealift::oci
