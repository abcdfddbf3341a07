#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/tuf/metadata.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::tuf {

// The folder in which a client keeps what it trusts:
//
//   root.json               the root in force
//   root_history/N.root.json  each root that was in force, the present one included
//   timestamp.json, snapshot.json, targets.json, ROLE.json
//   targets/PATH            targets that were fetched
//   .lock                   held by who changes the folder
//
// Each file is replaced in one step and is on the disk before the next one is touched, so that a
// power cut leaves a state that was trusted. The layout is that of other clients, and serves as a
// source for further ones (make_directory_source). Errors are those of FileSystem.
class TrustDirectory {
 public:
  // `files` must outlive it.
  TrustDirectory(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Makes the folder, waits for whoever else changes it, and removes what a killed process left
  // half-written. kUnavailable where the other one takes longer than a minute.
  Result<std::shared_ptr<void>> lock(Clock& clock, const std::stop_token& stop) const;

  // kNotFound, saying how to begin, where there is none.
  Result<std::string> root() const;
  // A root that was in force, or is; nullopt where it is not kept.
  Result<std::optional<std::string>> past_root(std::int64_t version) const;
  // Whether these bytes are the root in force, or were.
  Result<bool> knows_root(std::int64_t version, std::string_view bytes) const;
  Result<> store_root(std::int64_t version, std::string_view bytes) const;

  // The metadata of a role other than the root; nullopt where there is none.
  Result<std::optional<std::string>> metadata(std::string_view role, std::uint64_t limit) const;
  Result<> store_metadata(std::string_view role, std::string_view bytes) const;
  Result<> forget_metadata(std::string_view role) const;

  // Where a target is kept, whether or not it is there.
  std::string target_path(const std::string& target) const;
  // Whether it is there, as long and with the hashes that are listed.
  Result<bool> holds(const TargetFile& target) const;
  // A target that is there, as long and with the hashes that are listed: kNotFound, kUntrusted
  // (Refusal).
  Result<std::string> read_target(const TargetFile& target) const;
  // Writes a target that `produce` gives; it is kept where it is as long as listed and has the
  // listed hashes, otherwise kUntrusted and nothing changes.
  Result<> store_target(const TargetFile& target,
                        const std::function<Result<>(ByteSink&)>& produce) const;
  // Copies a target that is there to a file outside, which is replaced in one step; the bytes are
  // checked once more on their way.
  Result<> export_target(const TargetFile& target, const std::string& to, Random& random) const;

 private:
  FileSystem* files_;
  std::string path_;
};

}  // namespace sealift::tuf
