#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::builder {

// The argument of --from, "REPO[@REV]".
struct SourceLocation {
  std::string repository;  // a work tree, a bare repository, or a directory in either
  std::string revision;    // as git rev-parse reads it; empty: HEAD
};

// Splits at the first "@" behind which no directory of that name continues, so that a path may
// hold an "@". kNotFound where no directory is named; kInvalidInput for a URL, with the advice to
// clone first.
Result<SourceLocation> parse_source_location(FileSystem& files, std::string_view text);

// By whom a commit must be signed; `now` judges OpenPGP keys.
struct RequiredSigner {
  commits::TrustedSigners trusted;
  Timestamp now;
};

// Which state of which repository.
struct SnapshotOptions {
  SourceLocation location;
  bool worktree = false;  // read files from the work tree instead of the commit
  // Where set, no tree or file is read before the commit's signature was verified. Not together
  // with `worktree`, whose files nobody signed.
  std::optional<RequiredSigner> required_signer;
};

struct SourceOptions : SnapshotOptions {
  std::string path;  // directory below the location's own; empty: all of it
  SourceLimits limits;
};

// Finds the repository at the location or above it, resolves the revision to a commit and lists
// the files under the path from the object database; no filter, attribute, or setting of Git has a
// part in it. With `worktree`, lists what `git add --all` would know about: tracked files and
// untracked ones that .gitignore does not name.
//
// Left out: Flux's default ignores and what .sourceignore files name (see ignore_rules.h). Refused
// with kInvalidInput naming the file, unless it is ignored: submodules, symbolic links other than
// to a file within the repository, names that are not UTF-8 or hold a backslash or control
// character, and everything beyond the limits. A path without any file is
// kInvalidInput, a repository, revision or path that is not there kNotFound, a repository that
// belongs to another user kForbidden with Git's own way out (safe.directory). Errors of
// commits::verify_commit().
Result<std::unique_ptr<SourceTree>> open_git_source(const SourceOptions& options,
                                                    FileSystem& files);

// "https://user:token@host/x.git" and "git@host:x.git" → "https://host/x"; empty for a path.
std::string public_url_of_remote(std::string_view remote);

}  // namespace sealift::builder
