#pragma once

#include <sealift/base/file_system.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sealift::archive {

// A directory that is filled out of sight, where no other user can reach it, and appears whole and
// on the disk: after a power cut either all of it is there or nothing. What a process of the same
// user left that was killed while it filled it is removed by the next one for the same directory.
//
// It appears by one rename, also in place of an empty directory, whose owner, group and mode it
// takes. Only where that one must stay (a mount, the working directory, another owner's, a parent
// that takes no other directory), what was filled is moved into it entry by entry: a failure takes
// back what was moved, a power cut there may leave a part.
class StagedDirectory {
 public:
  // kConflict where there is something else, or a directory that is not empty; kUnavailable where
  // another process is filling it; kIo. `files` must outlive the object.
  static Result<std::unique_ptr<StagedDirectory>> create(FileSystem& files, std::string directory);
  // Without publish(), removes what was filled, as far as that can be.
  ~StagedDirectory();
  StagedDirectory(const StagedDirectory&) = delete;
  StagedDirectory& operator=(const StagedDirectory&) = delete;

  // Where to put what the directory shall hold; it does not exist yet, or is empty.
  const std::string& path() const { return content_; }
  // Puts it on the disk, and in its place. kConflict where something appeared there meanwhile, kIo.
  Result<> publish();

 private:
  StagedDirectory(FileSystem& files, std::string directory, std::string stage);
  static Result<std::unique_ptr<StagedDirectory>> create_beside(
      FileSystem& files, const std::string& directory, const std::optional<FileInfo>& present);
  Result<> lock();
  Result<> publish_entries();

  FileSystem& files_;
  std::string directory_;
  std::string stage_;
  std::string content_;
  bool is_within_ = false;                      // the stage is in the directory, and not beside it
  std::optional<std::uint32_t> replaced_mode_;  // of the directory that was there
  std::shared_ptr<void> lock_;
};

}  // namespace sealift::archive
