#include "git_repository.h"
#include "select_files.h"
#include "tree_entry.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/git_source.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace sealift::builder {
namespace {

std::vector<SourceFile> public_files(const std::vector<TreeEntry>& entries) {
  std::vector<SourceFile> files;
  files.reserve(entries.size());
  for (const TreeEntry& entry : entries) {
    files.push_back({entry.path, entry.size, entry.executable});
  }
  return files;
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

  Result<std::unique_ptr<SourceTree>> whole_repository() override {
    SEALIFT_ASSIGN(auto listed, store_->list(""));
    SourceLimits limits = limits_;
    limits.max_files = limits_.max_repository_files;
    limits.max_file_bytes = limits.max_total_bytes = limits_.max_repository_bytes;
    SEALIFT_ASSIGN(auto entries,
                   select_files(*store_, "", std::move(listed), Selection::kEverything, limits));
    return std::make_unique<GitSourceTree>(store_, "", std::move(entries), limits);
  }

 private:
  std::shared_ptr<EntryStore> store_;
  std::vector<TreeEntry> entries_;
  SourceLimits limits_;
};

}  // namespace

std::string Commit::revision() const {
  return (name.empty() ? "" : name + "@") + algorithm + ":" + id + (dirty ? "-dirty" : "");
}

Error no_such_directory(const Commit& commit, std::string_view directory) {
  return Error(ErrorCode::kNotFound,
               "the commit " + commit.id + " has no directory " + printable(directory, 400));
}

Result<std::string> join_in_repository(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) {
    return fail(ErrorCode::kInvalidInput,
                printable(path, 400) + " is absolute; paths begin at the repository's directory");
  }
  std::string joined(directory);
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (joined.empty()) {
        return fail(ErrorCode::kInvalidInput, "the path leaves the repository");
      }
      const auto last = joined.rfind('/');
      joined.erase(last == std::string::npos ? 0 : last);
      continue;
    }
    if (!joined.empty()) joined += '/';
    joined += name;
  }
  return joined;
}

Result<std::unique_ptr<SourceTree>> open_git_source(const SourceOptions& options,
                                                    FileSystem& files) {
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
  SEALIFT_ASSIGN(const std::string path, join_in_repository(opened.prefix, options.path));
  SEALIFT_ASSIGN(std::shared_ptr<EntryStore> store,
                 options.worktree ? open_worktree_store(std::move(opened), files)
                                  : open_commit_store(std::move(opened), options.location.revision,
                                                      options.required_signer));
  SEALIFT_ASSIGN(auto listed, store->list(path));
  SEALIFT_ASSIGN(auto entries, select_files(*store, path, std::move(listed), Selection::kDelivered,
                                            options.limits));
  if (entries.empty()) {
    return fail(ErrorCode::kInvalidInput,
                (path.empty() ? std::string("the repository") : printable(path, 400)) +
                    " has no file to deliver in the commit " + store->commit().id +
                    ", or ignore rules leave all of them out");
  }
  return std::make_unique<GitSourceTree>(std::move(store), path, std::move(entries),
                                         options.limits);
}

}  // namespace sealift::builder
