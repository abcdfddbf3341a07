#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/commits/commit_verification.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::builder {

// What a build comes from. Everything but `origin` and `dirty` is a function of the commit and of
// the words that the user chose, and is the same in each clone.
struct Commit {
  std::string id;         // hexadecimal object name
  std::string algorithm;  // "sha1" or "sha256"
  Timestamp time;         // the committer's, in UTC
  // The branch or tag by which the user named the commit; empty for HEAD, an object name or an
  // expression such as main~2.
  std::string name;
  // Where this clone came from, with credentials removed; empty where it is a path or unknown. For
  // advice to people only: two clones of one commit may differ in it.
  std::string origin;
  // True where files were read from a work tree that differs from the commit.
  bool dirty = false;
  // Who signed it, where that was required.
  std::optional<commits::CommitSigner> signer = std::nullopt;
  // What the clone calls the commit: the branch that HEAD is on or that the user named, the tag
  // that the user named. They enter no artifact by themselves.
  std::string branch = {};
  std::string tag = {};

  // "main@sha1:<id>", "sha1:<id>", and "-dirty" behind it: Flux's notation (fluxcd RFC 0005).
  std::string revision() const;
};

// What is delivered stays below the limits of our own reader (archive::TarLimits).
struct SourceLimits {
  std::uint64_t max_files = 40'000;
  std::uint64_t max_file_bytes = 64u << 20;
  std::uint64_t max_total_bytes = 255u << 20;
  std::uint32_t max_depth = 64;
  std::uint32_t max_path_bytes = 1'024;
  // For repository_part(), in place of the counts above.
  std::uint64_t max_repository_files = 200'000;
  std::uint64_t max_repository_bytes = 1u << 30;
};

struct SourceFile {
  std::string path;  // relative to the tree's root, with slashes
  std::uint64_t size = 0;
  bool executable = false;
  std::string object = {};  // Git's name for the content; empty in a work tree
};

// The files of one directory of a commit, sorted by the bytes of their paths, with everything that
// the ignore rules name left out. Content is read when asked for. Not safe for use from many
// threads.
class SourceTree {
 public:
  virtual ~SourceTree() = default;

  const Commit& commit() const { return commit_; }
  // The directory within the repository: "deploy/prod", or "" for all of it.
  const std::string& path() const { return path_; }
  const std::vector<SourceFile>& files() const { return files_; }

  // The content of a file of files(). kIo where the repository is damaged, kInvalidInput where a
  // file of a work tree changed its size while it was read.
  virtual Result<std::string> read(const SourceFile& file) = 0;

  // Files of the same commit (or work tree) at or below these paths from the repository's root, ""
  // being all of it, without ignore rules: what programs read that render, because a base may lie
  // beside the path. Paths of the result are from the root. Links to files are followed; submodules
  // are left out, and paths that are not there.
  virtual Result<std::unique_ptr<SourceTree>> repository_part(
      const std::vector<std::string>& paths) = 0;
  // One of those files; nothing where there is none. kInvalidInput beyond `max_bytes`.
  virtual Result<std::optional<std::string>> read_in_repository(const std::string& path,
                                                                std::uint64_t max_bytes) = 0;

 protected:
  SourceTree(Commit commit, std::string path, std::vector<SourceFile> files)
      : commit_(std::move(commit)), path_(std::move(path)), files_(std::move(files)) {}

 private:
  Commit commit_;
  std::string path_;
  std::vector<SourceFile> files_;
};

}  // namespace sealift::builder
