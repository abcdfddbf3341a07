#pragma once

#include <sealift/base/file_system.h>

#include <memory>
#include <string>

namespace sealift::archive {

// A directory that is filled out of sight and appears whole. What a process left that was killed
// while it filled it is removed by the next one for the same directory.
//
// A directory that is new appears by one rename. One that is there and empty keeps its owner and
// mode: what was filled is moved into it, entry by entry, when all of it is complete.
class StagedDirectory {
 public:
  // kConflict where there is something else, or a directory that is not empty; kUnavailable where
  // another process is filling it; kIo. `files` must outlive the object.
  static Result<std::unique_ptr<StagedDirectory>> create(FileSystem& files, std::string directory);
  // Without publish(), removes what was filled, as far as that can be.
  ~StagedDirectory();
  StagedDirectory(const StagedDirectory&) = delete;
  StagedDirectory& operator=(const StagedDirectory&) = delete;

  // Where to put what the directory shall hold; it does not exist yet.
  const std::string& path() const { return content_; }
  // kConflict where something appeared in its place meanwhile, kIo.
  Result<> publish();

 private:
  StagedDirectory(FileSystem& files, std::string directory, std::string stage, bool is_new);

  FileSystem& files_;
  std::string directory_;
  std::string stage_;
  std::string content_;
  bool is_new_;
  std::shared_ptr<void> lock_;
};

}  // namespace sealift::archive
