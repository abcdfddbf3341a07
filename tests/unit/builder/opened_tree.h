#pragma once

#include <sealift/builder/git_source.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::builder::test {

inline Result<std::unique_ptr<SourceTree>> open_tree(const std::string& repository,
                                                     const std::string& path = "",
                                                     const std::string& revision = "",
                                                     bool worktree = false) {
  SourceOptions options;
  options.location = {repository, revision};
  options.path = path;
  options.worktree = worktree;
  return open_git_source(options, system_files());
}

inline std::vector<std::string> paths(const SourceTree& tree) {
  std::vector<std::string> result;
  for (const SourceFile& file : tree.files()) result.push_back(file.path);
  return result;
}

inline std::string content(SourceTree& tree, const std::string& path) {
  for (const SourceFile& file : tree.files()) {
    if (file.path == path) return tree.read(file).value();
  }
  return "(no such file)";
}

}  // namespace sealift::builder::test
