#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/source_tree.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sealift::builder {

class EntryStore;

// One commit, or a work tree as it is now, from which several directories are taken. Paths are
// relative to the location, which may be a directory within the repository. Not safe for use from
// many threads, and neither are the trees that it gave: each thread opens its own, see
// open_again().
class Snapshot {
 public:
  // Errors as open_git_source(). `files` must outlive it and its trees.
  static Result<Snapshot> open(const SnapshotOptions& options, FileSystem& files);
  // The same commit once more, whatever HEAD or a branch is by now; its signature was verified
  // already. kInvalidInput for a work tree, which may have changed.
  Result<Snapshot> open_again() const;
  // Another commit of the same repository, by what names it.
  Result<Snapshot> open_other(const std::string& revision) const;

  const Commit& commit() const;
  bool is_worktree() const { return worktree_; }
  // The location within the repository: what paths are relative to.
  const std::string& prefix() const { return prefix_; }

  // As open_git_source().
  Result<std::unique_ptr<SourceTree>> tree(const std::string& path, const SourceLimits& limits);
  // One file, through links within the repository. kNotFound; kInvalidInput beyond `max_bytes`.
  Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);

 private:
  Snapshot(SourceLocation location, std::string prefix, std::shared_ptr<EntryStore> store,
           FileSystem& files, bool worktree)
      : location_(std::move(location)),
        prefix_(std::move(prefix)),
        store_(std::move(store)),
        files_(&files),
        worktree_(worktree) {}

  SourceLocation location_;
  std::string prefix_;  // of the location within the repository
  std::shared_ptr<EntryStore> store_;
  FileSystem* files_;
  bool worktree_;
};

}  // namespace sealift::builder
