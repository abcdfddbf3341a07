#pragma once

#include <sealift/base/result.h>
#include <sealift/checks/manifest_file.h>

#include <string>
#include <vector>

#include "command.h"

namespace sealift::program {

// Which files of which commit.
struct CommitFiles {
  std::string from;  // "REPO[@REV]"
  std::string path;  // a directory within the repository; empty: all of it
  bool worktree = false;
};

// The manifests of a commit, as `sealift push` would publish them; named as the repository names
// them. Errors of builder::open_git_source() and builder::render_unchecked(); what is wrong with a
// file is left to the checks.
Result<std::vector<checks::ManifestFile>> manifests_of_commit(const CommitFiles& which,
                                                              const Surroundings& surroundings);

// The same of files, of directories with all that is below them, and of standard input ("-"). In
// directories, *.yaml, *.yml and *.json count, hidden names and links do not; a kustomization,
// which would have to be rendered, is warned of and left out. kNotFound for what is not there.
Result<std::vector<checks::ManifestFile>> manifests_of_paths(const std::vector<std::string>& paths,
                                                             const Surroundings& surroundings);

}  // namespace sealift::program
