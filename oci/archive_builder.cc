#include "archive_entries.h"
#include "archive_plan.h"
#include "manifest_counter.h"

#include <sealift/base/encoding.h>
#include <sealift/base/worker_pool.h>
#include <sealift/oci/archive.h>

#include <mutex>
#include <set>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxShown = 20;

ArchiveSummary summarise(const ArchivePlan& plan) {
  ArchiveSummary summary;
  summary.manifests = plan.manifests().size();
  for (const auto& [digest, blob] : plan.blobs()) {
    ++summary.blobs;
    summary.bytes += blob.descriptor.size;
  }
  for (const auto& [digest, size] : plan.left_out()) {
    ++summary.left_out;
    summary.left_out_bytes += size;
  }
  return summary;
}

// The file that is being written, which nobody else writes as long as this lives.
Result<std::shared_ptr<void>> hold(FileSystem& files, const std::string& partial) {
  const auto created = files.create(partial, FileSystem::Access::kPublic);
  if (!created && created.error().code() != ErrorCode::kConflict) return fail(created.error());
  SEALIFT_ASSIGN(auto held, files.lock(partial));
  const auto info = files.info(partial);
  if (info) return held;
  if (info.error().code() != ErrorCode::kNotFound) return fail(info.error());
  return fail(ErrorCode::kConflict,
              printable(partial, 400) + " was finished by another process just now");
}

Result<WrittenEntries> keep_whole_entries(FileSystem& files, const std::string& partial,
                                          const std::vector<ArchiveEntry>& entries,
                                          const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto file, files.open(partial));
  SEALIFT_ASSIGN(const auto written, compare_entries(entries, *file, stop));
  SEALIFT_TRY(files.truncate(partial, written.bytes));
  return written;
}

Error describe_missing(const std::set<Digest>& missing) {
  std::string text = "it was written for a destination that has the rest, and this one lacks " +
                     std::to_string(missing.size()) + " of the blobs that were left out:";
  std::size_t shown = 0;
  for (const Digest& digest : missing) {
    if (shown++ == kMaxShown) {
      text += " and others";
      break;
    }
    text += " " + digest.to_string();
  }
  return {ErrorCode::kNotFound,
          text + "; copy the archive that this one follows first, or write one without --since"};
}

}  // namespace

ArchiveBuilder::ArchiveBuilder(BlobQuestion leave_out, TransferObserver* observer)
    : plan_(std::make_unique<ArchivePlan>(std::move(leave_out))), observer_(observer) {}

ArchiveBuilder::~ArchiveBuilder() = default;

Result<CopySummary> ArchiveBuilder::add(Repository& from, const std::vector<CopyItem>& items,
                                        const CopyOptions& options, std::stop_token stop) {
  const auto destination = plan_->destination(from);
  ManifestCounter counter(observer_);
  CopyOptions planned = options;
  planned.observer = &counter;
  return copy_artifacts(from, *destination, items, planned, std::move(stop));
}

Result<ArchiveSummary> ArchiveBuilder::write(ByteSink& sink, std::size_t parallel,
                                             std::stop_token stop) const {
  SEALIFT_ASSIGN(const auto entries, archive_entries(*plan_));
  SEALIFT_TRY(write_entries(entries, 0, sink, {parallel, observer_}, stop));
  return summarise(*plan_);
}

Result<ArchiveSummary> ArchiveBuilder::write_file(FileSystem& files, const std::string& path,
                                                  std::size_t parallel,
                                                  std::stop_token stop) const {
  SEALIFT_ASSIGN(const auto entries, archive_entries(*plan_));
  const std::string partial = path + ".partial";
  SEALIFT_ASSIGN(const auto held, hold(files, partial));
  SEALIFT_ASSIGN(const auto written, keep_whole_entries(files, partial, entries, stop));
  const auto write = [&]() -> Result<> {
    SEALIFT_ASSIGN(auto file, files.append(partial));
    SEALIFT_TRY(write_entries(entries, written.count, *file, {parallel, observer_}, stop));
    SEALIFT_TRY(file->sync());
    return file->close();
  };
  SEALIFT_TRY_CONTEXT(write(), "what was written is in " + printable(partial, 400) +
                                   ", and the same command goes on there");
  SEALIFT_TRY(files.rename(partial, path));
  SEALIFT_TRY(files.sync_directory(parent_path(path)));
  ArchiveSummary summary = summarise(*plan_);
  summary.kept_bytes = written.bytes;
  return summary;
}

Result<std::vector<Descriptor>> list_blobs(Repository& from, const std::vector<CopyItem>& items,
                                           const CopyOptions& options, std::stop_token stop) {
  ArchivePlan plan({});
  const auto destination = plan.destination(from);
  CopyOptions planned = options;
  planned.observer = nullptr;
  SEALIFT_TRY(copy_artifacts(from, *destination, items, planned, std::move(stop)));
  std::vector<Descriptor> blobs;
  for (const auto& [digest, blob] : plan.blobs()) blobs.push_back(blob.descriptor);
  return blobs;
}

Result<> check_copy_is_complete(Repository& from, Repository& to,
                                const std::vector<CopyItem>& items, const CopyOptions& options,
                                std::stop_token stop) {
  SEALIFT_ASSIGN(const auto needed, list_blobs(from, items, options, stop));
  std::vector<Digest> asked;
  for (const auto& blob : needed) {
    SEALIFT_ASSIGN(const bool at_source, from.has_blob(blob.digest, stop));
    if (!at_source) asked.push_back(blob.digest);
  }
  std::mutex mutex;
  std::set<Digest> missing;
  const auto ask = [&](std::size_t i, std::stop_token token) -> Result<> {
    SEALIFT_ASSIGN(const bool there, to.has_blob(asked[i], std::move(token)));
    const std::lock_guard lock(mutex);
    if (!there) missing.insert(asked[i]);
    return {};
  };
  SEALIFT_TRY(run_parallel(asked.size(), options.parallel, stop, ask));
  return missing.empty() ? Result<>() : fail(describe_missing(missing));
}

}  // namespace sealift::oci
