#include "archive_entries.h"

#include "archive_files.h"

#include <sealift/archive/tar_writer.h>
#include <sealift/base/worker_pool.h>
#include <sealift/oci/observed_transfer.h>

#include <algorithm>
#include <utility>

namespace sealift::oci {
namespace {

// What is no larger is fetched together with others, so that the network's delay counts once.
constexpr std::uint64_t kSmallBlob = 256u << 10;
constexpr std::uint64_t kMaxTogether = 4u << 20;
constexpr std::size_t kMaxPiece = 64u << 10;

ArchiveEntry document(std::string path, std::string text) {
  const auto size = text.size();
  return {std::move(path), size, std::move(text), nullptr};
}

Result<> write_entry(archive::TarWriter& tar, const ArchiveEntry& entry, std::string_view content) {
  return tar.add_file(entry.path, content, false);
}

// How many entries from `first` on are small blobs that may be fetched together.
std::size_t count_together(const std::vector<ArchiveEntry>& entries, std::size_t first) {
  std::uint64_t bytes = 0;
  std::size_t end = first;
  while (end < entries.size() && entries[end].blob != nullptr && entries[end].size <= kSmallBlob &&
         bytes + entries[end].size <= kMaxTogether) {
    bytes += entries[end++].size;
  }
  return end - first;
}

// Streams a blob, and tells the observer.
Result<> fetch(const ArchiveEntry& entry, ByteSink& sink, TransferObserver* observer,
               const std::stop_token& stop) {
  ObservedSink observed(sink, observer);
  SEALIFT_TRY(entry.blob->from->fetch_blob(entry.blob->descriptor, observed, stop));
  if (observer != nullptr) observer->settled_blob(entry.size, true);
  return {};
}

// The blobs before `first` have been written before.
void announce(const std::vector<ArchiveEntry>& entries, std::size_t first,
              TransferObserver& observer) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].blob == nullptr) continue;
    observer.found_blob(entries[i].size);
    if (i < first) observer.settled_blob(entries[i].size, false);
  }
}

Result<> write_together(archive::TarWriter& tar, const ArchiveEntry* entries, std::size_t count,
                        const EntryFetching& fetching, const std::stop_token& stop) {
  std::vector<std::string> contents(count);
  const auto fetch_one = [&](std::size_t i, std::stop_token token) -> Result<> {
    StringSink content(entries[i].path, kSmallBlob);
    SEALIFT_TRY(fetch(entries[i], content, fetching.observer, token));
    contents[i] = content.take();
    return {};
  };
  SEALIFT_TRY(run_parallel(count, fetching.parallel, stop, fetch_one));
  for (std::size_t i = 0; i < count; ++i) SEALIFT_TRY(write_entry(tar, entries[i], contents[i]));
  return {};
}

// Reads as much as is expected and tells whether it is that.
class Comparison : public ByteSink {
 public:
  explicit Comparison(ByteSource& file) : file_(file) {}

  Result<> write(std::string_view expected) override {
    while (equal_ && !expected.empty()) {
      char buffer[4'096];
      const auto wanted = std::min(expected.size(), sizeof buffer);
      SEALIFT_ASSIGN(const std::size_t count, file_.read(buffer, wanted));
      ended_ = count == 0;
      equal_ = !ended_ && std::string_view(buffer, count) == expected.substr(0, count);
      expected.remove_prefix(count);
      bytes_ += count;
    }
    return {};
  }
  Result<> compare_blob(const Digest& digest, std::uint64_t size, const std::stop_token& stop) {
    Hasher hasher(digest.algorithm());
    std::string buffer(kMaxPiece, '\0');
    for (std::uint64_t left = size; equal_ && left > 0;) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::kCancelled, "stopped reading what was written before");
      }
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
      SEALIFT_ASSIGN(const std::size_t count, file_.read(buffer.data(), wanted));
      equal_ = count > 0;
      hasher.update(std::string_view(buffer.data(), count));
      left -= count;
      bytes_ += count;
    }
    equal_ = equal_ && hasher.finish() == digest;
    return {};
  }
  bool equal() const { return equal_; }
  bool ended() const { return ended_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  ByteSource& file_;
  bool equal_ = true;
  bool ended_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<std::vector<ArchiveEntry>> archive_entries(const ArchivePlan& plan) {
  SEALIFT_ASSIGN(const LayoutIndex index, plan.index());
  std::vector<ArchiveEntry> entries;
  entries.push_back(document(std::string(kLayoutFile), std::string(kLayoutDocument)));
  entries.push_back(document(std::string(kIndexFile), index.serialize()));
  for (const auto& [digest, manifest] : plan.manifests()) {
    entries.push_back(document(path_of_blob(digest), manifest.bytes));
  }
  const auto add_blobs = [&](bool small) {
    for (const auto& [digest, blob] : plan.blobs()) {
      if ((blob.descriptor.size <= kSmallBlob) != small) continue;
      if (plan.manifests().contains(digest)) continue;
      entries.push_back({path_of_blob(digest), blob.descriptor.size, "", &blob});
    }
  };
  add_blobs(true);
  add_blobs(false);
  return entries;
}

Result<> write_entries(const std::vector<ArchiveEntry>& entries, std::size_t first, ByteSink& sink,
                       const EntryFetching& fetching, const std::stop_token& stop) {
  if (fetching.observer != nullptr) announce(entries, first, *fetching.observer);
  archive::TarWriter tar(sink);
  for (std::size_t i = first; i < entries.size();) {
    const ArchiveEntry& entry = entries[i];
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped writing the archive");
    if (entry.blob == nullptr) {
      SEALIFT_TRY(write_entry(tar, entry, entry.document));
      ++i;
    } else if (const auto count = count_together(entries, i); count > 0) {
      SEALIFT_TRY(write_together(tar, &entries[i], count, fetching, stop));
      i += count;
    } else {
      SEALIFT_TRY(tar.begin_file(entry.path, entry.size));
      SEALIFT_TRY(fetch(entry, sink, fetching.observer, stop));
      SEALIFT_TRY(tar.end_file(entry.size));
      ++i;
    }
  }
  return tar.finish();
}

Result<WrittenEntries> compare_entries(const std::vector<ArchiveEntry>& entries, ByteSource& file,
                                       const std::stop_token& stop) {
  Comparison comparison(file);
  archive::TarWriter tar(comparison);
  WrittenEntries written;
  for (const ArchiveEntry& entry : entries) {
    if (entry.blob == nullptr) {
      SEALIFT_TRY(write_entry(tar, entry, entry.document));
    } else {
      SEALIFT_TRY(tar.begin_file(entry.path, entry.size));
      SEALIFT_TRY(comparison.compare_blob(entry.blob->descriptor.digest, entry.size, stop));
      SEALIFT_TRY(tar.end_file(entry.size));
    }
    if (!comparison.equal()) {
      written.is_other = written.count == 0 && !comparison.ended();
      break;
    }
    ++written.count;
    written.bytes = comparison.bytes();
  }
  return written;
}

}  // namespace sealift::oci
