#pragma once

#include "git_repository.h"

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/source_tree.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::builder {

// One name in a tree before anybody judged it.
struct TreeEntry {
  enum class Kind { kFile, kLink, kSubmodule };
  Kind kind = Kind::kFile;
  std::string path;          // relative to the listed directory, as the repository has it: hostile
  std::string object;        // where the content is: an object name, or a path in the work tree
  std::string content_name;  // Git's name for the content; empty in a work tree
  std::uint64_t size = 0;
  bool executable = false;
};

// Where entries come from: a commit's tree or a work tree.
class EntryStore {
 public:
  virtual ~EntryStore() = default;
  virtual const Commit& commit() const = 0;
  // Takes over what is not in the commit object itself: names, origin, who signed it.
  virtual void call_as(const Commit& same) = 0;
  // Everything below a directory of the repository, in any order, sizes not yet known. kNotFound
  // where the directory does not exist.
  virtual Result<std::vector<TreeEntry>> list(const std::string& directory) = 0;
  // Sets the size of a file.
  virtual Result<> measure(TreeEntry& entry) = 0;
  // Turns a link into the file of the repository it leads to; kInvalidInput, naming the target,
  // where it leads elsewhere. `directory` is the one that was listed.
  virtual Result<> follow(TreeEntry& entry, const std::string& directory) = 0;
  virtual Result<std::string> read(const TreeEntry& entry) = 0;
  // The file or link at a path from the repository's root, with that path; nothing where there is
  // none.
  virtual Result<std::optional<TreeEntry>> find(const std::string& path) = 0;
};

inline constexpr std::size_t kMaxListedEntries = 1'000'000;

Result<std::unique_ptr<EntryStore>> open_commit_store(
    OpenedRepository opened, const std::string& revision,
    const std::optional<RequiredSigner>& required_signer);
// Lists HEAD's files as they are in the work tree, and untracked ones; `files` must outlive it.
Result<std::unique_ptr<EntryStore>> open_worktree_store(OpenedRepository opened, FileSystem& files);

// "a/b" + "../c" → "a/c"; "" is the root. kInvalidInput where the path is absolute or leaves the
// root.
Result<std::string> join_in_repository(std::string_view directory, std::string_view path);

// "there is no directory X in the commit"; kNotFound.
Error no_such_directory(const Commit& commit, std::string_view directory);

}  // namespace sealift::builder
