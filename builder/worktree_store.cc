#include "git_library.h"
#include "tree_entry.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sealift::builder {
namespace {

constexpr std::uint64_t kMaxReadBytes = 1u << 30;
constexpr int kMaxLinks = 10;

TreeEntry entry_of(const git_status_entry& status) {
  // Without a difference to the work tree only the other delta is there.
  const git_diff_delta* delta =
      status.index_to_workdir != nullptr ? status.index_to_workdir : status.head_to_index;
  TreeEntry entry;
  entry.path = delta->new_file.path;
  entry.object = entry.path;
  const auto mode = delta->new_file.mode;
  entry.executable = mode == GIT_FILEMODE_BLOB_EXECUTABLE;
  if (mode == GIT_FILEMODE_LINK) entry.kind = TreeEntry::Kind::kLink;
  if (mode == GIT_FILEMODE_COMMIT) entry.kind = TreeEntry::Kind::kSubmodule;
  if (entry.path.ends_with('/')) {  // another repository that lies inside
    entry.path.pop_back();
    entry.kind = TreeEntry::Kind::kSubmodule;
  }
  return entry;
}

// Whether the work tree holds the blob's own bytes. Git's status does not tell: it looks through
// filters (line ends, LFS) and not at all at files that were marked assume-unchanged.
bool holds_committed_bytes(const std::string& root, const git_diff_delta& committed) {
  if (committed.new_file.mode == GIT_FILEMODE_COMMIT) return true;
  const std::string path = join_path(root, committed.new_file.path);
  git_oid id;
  if (committed.new_file.mode == GIT_FILEMODE_LINK) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(path, error).string();
    if (error || git().odb_hash(&id, target.data(), target.size(), GIT_OBJECT_BLOB) != 0) {
      return false;
    }
  } else if (git().odb_hashfile(&id, path.c_str(), GIT_OBJECT_BLOB) != 0) {
    return false;
  }
  return git().oid_equal(&id, &committed.old_file.id) == 1;
}

// Whether the status says that a file differs from HEAD, or its bytes do.
bool is_changed(const std::string& root, const git_status_entry& status) {
  if (status.status != GIT_STATUS_CURRENT) return true;
  const git_diff_delta* delta =
      status.index_to_workdir != nullptr ? status.index_to_workdir : status.head_to_index;
  return !holds_committed_bytes(root, *delta);
}

class WorktreeStore : public EntryStore {
 public:
  WorktreeStore(FileSystem& files, std::string root, std::vector<TreeEntry> sorted, Commit commit)
      : files_(files),
        root_(std::move(root)),
        sorted_(std::move(sorted)),
        commit_(std::move(commit)) {}

  const Commit& commit() const override { return commit_; }
  void call_as(const Commit& same) override { commit_ = same; }
  Result<std::vector<TreeEntry>> list(const std::string& directory) override;
  Result<> measure(TreeEntry& entry) override;
  Result<> follow(TreeEntry& entry, const std::string& directory) override;
  Result<std::string> read(const TreeEntry& entry) override;
  Result<std::optional<TreeEntry>> find(const std::string& path) override;

 private:
  FileSystem& files_;
  std::string root_;
  std::vector<TreeEntry> sorted_;  // by path from the root
  Commit commit_;
};

Result<std::vector<TreeEntry>> WorktreeStore::list(const std::string& directory) {
  if (directory.empty()) return sorted_;
  const std::string prefix = directory + "/";
  std::vector<TreeEntry> entries;
  for (TreeEntry entry : sorted_) {
    if (!entry.path.starts_with(prefix)) continue;
    entry.path.erase(0, prefix.size());
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) return fail(no_such_directory(commit_, directory));
  return entries;
}

Result<> WorktreeStore::measure(TreeEntry& entry) {
  SEALIFT_ASSIGN(const FileInfo info, files_.info(join_path(root_, entry.object)));
  if (info.type != FileType::kFile) {
    return fail(ErrorCode::kInvalidInput, printable(entry.path, 400) + ": is no regular file");
  }
  entry.size = info.size;
  return {};
}

Result<> WorktreeStore::follow(TreeEntry& entry, const std::string& /*directory*/) {
  const std::string shown = printable(entry.path, 400) + ": the symbolic link";
  TreeEntry current = entry;
  for (int links = 0; links < kMaxLinks; ++links) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(join_path(root_, current.object), error);
    if (error) return fail(ErrorCode::kIo, shown + " cannot be read: " + error.message());
    const auto slash = current.object.rfind('/');
    const auto next = join_in_repository(
        current.object.substr(0, slash == std::string::npos ? 0 : slash), target.string());
    // Only what is listed can be reached, so neither .git nor an ignored file can.
    const auto found =
        next ? std::ranges::lower_bound(sorted_, *next, {}, &TreeEntry::path) : sorted_.end();
    if (found == sorted_.end() || found->path != *next ||
        found->kind == TreeEntry::Kind::kSubmodule) {
      return fail(ErrorCode::kInvalidInput,
                  shown + " to " + printable(target.string(), 400) +
                      " leads to no file that Git would add; replace it, or leave it out with "
                      ".sourceignore");
    }
    current = *found;
    if (current.kind == TreeEntry::Kind::kFile) {
      current.path = entry.path;
      entry = std::move(current);
      return {};
    }
  }
  return fail(ErrorCode::kInvalidInput,
              shown +
                  " begins a chain of more than 10; replace it, or leave it out with "
                  ".sourceignore");
}

Result<std::string> WorktreeStore::read(const TreeEntry& entry) {
  const std::uint64_t limit = std::min(entry.size, kMaxReadBytes);
  SEALIFT_ASSIGN(std::string bytes, read_file(files_, join_path(root_, entry.object), limit));
  if (bytes.size() != entry.size) {
    return fail(ErrorCode::kInvalidInput,
                printable(entry.path, 400) + ": changed while it was read; run again");
  }
  return bytes;
}

Result<std::optional<TreeEntry>> WorktreeStore::find(const std::string& path) {
  const auto found = std::ranges::lower_bound(sorted_, path, {}, &TreeEntry::path);
  if (found == sorted_.end() || found->path != path || found->kind == TreeEntry::Kind::kSubmodule) {
    return std::nullopt;
  }
  return *found;
}

}  // namespace

Result<std::unique_ptr<EntryStore>> open_worktree_store(OpenedRepository opened,
                                                        FileSystem& files) {
  git_repository* repository = opened.repository.get();
  const char* root = git().repository_workdir(repository);
  if (root == nullptr) {
    return fail(ErrorCode::kInvalidInput, "a bare repository has no work tree to read from");
  }
  SEALIFT_ASSIGN(auto resolved, resolve_commit(repository, ""));
  git_status_options options;
  git().status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                  GIT_STATUS_OPT_INCLUDE_UNMODIFIED;
  GitHandle<git_status_list> list;
  const int code = git_make(list, git().status_list_new, repository, &options);
  if (code != 0) return fail(git_failure(code, "cannot compare the work tree with HEAD"));

  std::vector<TreeEntry> entries;
  const std::size_t count = git().status_list_entrycount(list.get());
  if (count > kMaxListedEntries) {
    return fail(ErrorCode::kInvalidInput, "the work tree has more than a million files");
  }
  for (std::size_t at = 0; at < count; ++at) {
    const git_status_entry* status = git().status_byindex(list.get(), at);
    resolved.commit.dirty = resolved.commit.dirty || is_changed(root, *status);
    constexpr unsigned kGone = GIT_STATUS_WT_DELETED | GIT_STATUS_INDEX_DELETED;
    // Deleted from the index and still lying there: listed once more as untracked.
    if ((status->status & kGone) != 0 && (status->status & GIT_STATUS_WT_NEW) == 0) continue;
    entries.push_back(entry_of(*status));
  }
  std::ranges::sort(entries, {}, &TreeEntry::path);
  return std::make_unique<WorktreeStore>(files, root, std::move(entries),
                                         std::move(resolved.commit));
}

}  // namespace sealift::builder
