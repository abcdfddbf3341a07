#include "tree_entry.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/snapshot.h>

namespace sealift::builder {
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
  SEALIFT_ASSIGN(auto snapshot, Snapshot::open(options, files));
  return snapshot.tree(options.path, options.limits);
}

}  // namespace sealift::builder
