#include <sealift/builder/snapshot.h>

#include "git_repository.h"
#include "select_files.h"
#include "tree_entry.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <utility>

namespace sealift::builder {
namespace {

std::vector<SourceFile> public_files(const std::vector<TreeEntry>& entries) {
  std::vector<SourceFile> files;
  files.reserve(entries.size());
  for (const TreeEntry& entry : entries) {
    files.push_back({entry.path, entry.size, entry.executable, entry.content_name});
  }
  return files;
}

// Without those that lie below another one.
std::set<std::string> outermost(const std::vector<std::string>& paths) {
  const std::set<std::string> all(paths.begin(), paths.end());
  std::set<std::string> outer;
  for (const std::string& path : all) {
    bool is_covered = !path.empty() && all.contains("");
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      is_covered = is_covered || all.contains(path.substr(0, slash));
    }
    if (!is_covered) outer.insert(path);
  }
  return outer;
}

// Adds what is at or below a path, by paths from the root.
Result<> list_at(EntryStore& store, const std::string& path, std::vector<TreeEntry>& listed) {
  SEALIFT_ASSIGN(auto file, store.find(path));
  if (file) {
    listed.push_back(*std::move(file));
    return {};
  }
  auto below = store.list(path);
  if (!below && below.error().code() == ErrorCode::kNotFound) return {};
  if (!below) return fail(std::move(below).error());
  for (TreeEntry& entry : *below) {
    if (!path.empty()) entry.path = path + "/" + entry.path;
    listed.push_back(std::move(entry));
  }
  return {};
}

Result<std::optional<std::string>> read_file_at(EntryStore& store, const std::string& path,
                                                std::uint64_t max_bytes) {
  SEALIFT_ASSIGN(auto entry, store.find(path));
  if (!entry) return std::nullopt;
  if (entry->kind == TreeEntry::Kind::kLink) SEALIFT_TRY(store.follow(*entry, ""));
  SEALIFT_TRY(store.measure(*entry));
  if (entry->size > max_bytes) {
    return fail(ErrorCode::kInvalidInput,
                printable(path, 400) + " has " + std::to_string(entry->size) +
                    " bytes, and the limit is " + std::to_string(max_bytes));
  }
  return store.read(*entry);
}

class GitSourceTree : public SourceTree {
 public:
  GitSourceTree(std::shared_ptr<EntryStore> store, std::string path, std::vector<TreeEntry> entries,
                const SourceLimits& limits)
      : SourceTree(store->commit(), std::move(path), public_files(entries)),
        store_(std::move(store)),
        entries_(std::move(entries)),
        limits_(limits) {}

  Result<std::string> read(const SourceFile& file) override {
    const auto entry = std::ranges::lower_bound(entries_, file.path, {}, &TreeEntry::path);
    assert(entry != entries_.end() && entry->path == file.path);
    return store_->read(*entry);
  }

  Result<std::unique_ptr<SourceTree>> repository_part(
      const std::vector<std::string>& paths) override {
    std::vector<TreeEntry> listed;
    for (const std::string& path : outermost(paths)) SEALIFT_TRY(list_at(*store_, path, listed));
    SourceLimits limits = limits_;
    limits.max_files = limits_.max_repository_files;
    limits.max_file_bytes = limits.max_total_bytes = limits_.max_repository_bytes;
    SEALIFT_ASSIGN(auto entries,
                   select_files(*store_, "", std::move(listed), Selection::kEverything, limits));
    return std::make_unique<GitSourceTree>(store_, "", std::move(entries), limits);
  }

  Result<std::optional<std::string>> read_in_repository(const std::string& path,
                                                        std::uint64_t max_bytes) override {
    return read_file_at(*store_, path, max_bytes);
  }

 private:
  std::shared_ptr<EntryStore> store_;
  std::vector<TreeEntry> entries_;
  SourceLimits limits_;
};

}  // namespace

Result<Snapshot> Snapshot::open(const SnapshotOptions& options, FileSystem& files) {
  if (options.worktree && !options.location.revision.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "a revision and the work tree are both named as the source; choose one");
  }
  if (options.worktree && options.required_signer) {
    return fail(ErrorCode::kInvalidInput,
                "a signed commit is required, and the files of the work tree are not what its "
                "signature covers; choose one");
  }
  SEALIFT_ASSIGN(auto opened, open_repository(options.location.repository));
  std::string prefix = opened.prefix;
  SEALIFT_ASSIGN(std::shared_ptr<EntryStore> store,
                 options.worktree ? open_worktree_store(std::move(opened), files)
                                  : open_commit_store(std::move(opened), options.location.revision,
                                                      options.required_signer));
  return Snapshot(options.location, std::move(prefix), std::move(store), files, options.worktree);
}

Result<Snapshot> Snapshot::open_again() const {
  if (worktree_) {
    return fail(ErrorCode::kInvalidInput, "a work tree cannot be opened twice in one state");
  }
  SEALIFT_ASSIGN(auto again, open_other(commit().id));
  again.store_->call_as(commit());
  return again;
}

Result<Snapshot> Snapshot::open_other(const std::string& revision) const {
  SnapshotOptions options;
  options.location = {location_.repository, revision};
  return open(options, *files_);
}

const Commit& Snapshot::commit() const { return store_->commit(); }

Result<std::unique_ptr<SourceTree>> Snapshot::tree(const std::string& path,
                                                   const SourceLimits& limits) {
  SEALIFT_ASSIGN(const std::string joined, join_in_repository(prefix_, path));
  SEALIFT_ASSIGN(auto listed, store_->list(joined));
  SEALIFT_ASSIGN(auto entries,
                 select_files(*store_, joined, std::move(listed), Selection::kDelivered, limits));
  if (entries.empty()) {
    return fail(ErrorCode::kInvalidInput,
                (joined.empty() ? std::string("the repository") : printable(joined, 400)) +
                    " has no file to deliver in the commit " + commit().id +
                    ", or ignore rules leave all of them out");
  }
  return std::make_unique<GitSourceTree>(store_, joined, std::move(entries), limits);
}

Result<std::string> Snapshot::read_file(const std::string& path, std::uint64_t max_bytes) {
  SEALIFT_ASSIGN_CONTEXT(const std::string joined, join_in_repository(prefix_, path),
                         "the file " + printable(path, 400));
  SEALIFT_ASSIGN(auto content, read_file_at(*store_, joined, max_bytes));
  if (content) return *std::move(content);
  return fail(ErrorCode::kNotFound,
              "the commit " + commit().id + " has no file " + printable(joined, 400));
}

}  // namespace sealift::builder
