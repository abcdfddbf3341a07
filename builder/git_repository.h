#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <memory>
#include <string>
#include <string_view>

// libgit2's own types, so that its header stays in .cc files.
struct git_blob;
struct git_commit;
struct git_config;
struct git_object;
struct git_odb;
struct git_odb_object;
struct git_reference;
struct git_repository;
struct git_status_list;
struct git_tree;
struct git_tree_entry;

namespace sealift::builder {

struct GitFree {
  void operator()(git_blob* object) const;
  void operator()(git_commit* object) const;
  void operator()(git_object* object) const;
  void operator()(git_config* object) const;
  void operator()(git_odb* object) const;
  void operator()(git_odb_object* object) const;
  void operator()(git_reference* object) const;
  void operator()(git_repository* object) const;
  void operator()(git_status_list* object) const;
  void operator()(git_tree* object) const;
  void operator()(git_tree_entry* object) const;
};
template <typename T>
using GitHandle = std::unique_ptr<T, GitFree>;

// Calls `function(&raw, arguments…)` as libgit2's constructors are called. Returns its code; the
// handle owns what was made.
template <typename T, typename Function, typename... Arguments>
int git_make(GitHandle<T>& handle, Function function, Arguments... arguments) {
  T* raw = nullptr;
  const int code = function(&raw, arguments...);
  handle.reset(raw);
  return code;
}

// The failure that libgit2 just reported with what was being done in front: kNotFound where the
// object is missing, otherwise kIo.
Error git_failure(int code, std::string_view doing);

struct OpenedRepository {
  GitHandle<git_repository> repository;
  // Where the location is within the work tree: "services/shop", or "".
  std::string prefix;
};

// Finds the repository at a directory or above it; starts libgit2 at the first use. Errors as
// open_git_source().
Result<OpenedRepository> open_repository(const std::string& directory);

struct ResolvedCommit {
  GitHandle<git_commit> object;
  Commit commit;
};

// `revision` as git rev-parse reads it; empty is HEAD.
Result<ResolvedCommit> resolve_commit(git_repository* repository, const std::string& revision);

}  // namespace sealift::builder
