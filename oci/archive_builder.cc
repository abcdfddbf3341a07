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

tl::unexpected<Error> not_ours(const std::string& partial, const std::string& why) {
  return fail(ErrorCode::kConflict, printable(partial, 400) + " is where an archive is written, " +
                                        why +
                                        "; nothing was changed: move it away, or name "
                                        "another archive");
}

// The file that is being written, which nobody else writes as long as this lives.
Result<std::shared_ptr<void>> hold(FileSystem& files, const std::string& partial) {
  const auto created = files.create(partial, FileSystem::Access::kPublic);
  if (created) return files.lock(partial);
  if (created.error().code() != ErrorCode::kConflict) return fail(created.error());
  const auto looked_at = files.info(partial);
  if (looked_at && looked_at->type != FileType::kFile) {
    return not_ours(partial, "and is no regular file");
  }
  SEALIFT_ASSIGN(auto held, files.lock(partial));
  SEALIFT_ASSIGN(const auto info, files.info(partial));
  if (!info.is_own) return not_ours(partial, "and belongs to another user");
  return held;
}

Result<WrittenEntries> keep_whole_entries(FileSystem& files, const std::string& partial,
                                          const std::vector<ArchiveEntry>& entries,
                                          const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto file, files.open(partial));
  SEALIFT_ASSIGN(const auto written, compare_entries(entries, *file, stop));
  // A file of the same name that somebody keeps.
  if (written.is_other) return not_ours(partial, "and holds something else");
  SEALIFT_TRY(files.truncate(partial, written.bytes));
  return written;
}

Result<> put_in_place(FileSystem& files, const std::string& partial, const std::string& path,
                      ArchivePlace place) {
  if (place == ArchivePlace::kReplaced) {
    SEALIFT_TRY(files.rename(partial, path));
  } else {
    auto renamed = files.rename_new(partial, path);
    if (!renamed && renamed.error().code() == ErrorCode::kConflict) {
      return fail(ErrorCode::kConflict, printable(path, 400) +
                                            " appeared while the archive was written; that is in " +
                                            printable(partial, 400) + ", and --force replaces it");
    }
    SEALIFT_TRY(renamed);
  }
  return files.sync_directory(parent_path(path));
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

Result<> ArchiveBuilder::name_image(std::string name, const Digest& manifest) {
  return plan_->name_image(std::move(name), manifest);
}

Result<ArchiveSummary> ArchiveBuilder::write(ByteSink& sink, std::size_t parallel,
                                             std::stop_token stop) const {
  SEALIFT_ASSIGN(const auto entries, archive_entries(*plan_));
  SEALIFT_TRY(write_entries(entries, 0, sink, {parallel, observer_}, stop));
  return summarise(*plan_);
}

Result<ArchiveSummary> ArchiveBuilder::write_file(FileSystem& files, const std::string& path,
                                                  ArchivePlace place, std::size_t parallel,
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
  SEALIFT_TRY(put_in_place(files, partial, path, place));
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

}  // namespace sealift::oci
