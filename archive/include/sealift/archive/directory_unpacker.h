#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/file_system.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace sealift::archive {

// Writes an archive's entries below a directory that is new or empty. Nothing outside of it is
// touched: paths come normalised from the reader, every directory on the way is one that this
// object made, and no file is opened that exists. Permissions are 0644 for all files: whether one
// is executable is not kept.
//
// After an error the directory holds a part of the archive; discard() takes it away again.
class DirectoryUnpacker : public TarVisitor {
 public:
  // Makes the directory with its parents. kConflict where there is something else, or a directory
  // that is not empty; kIo. `files` must outlive the unpacker.
  static Result<std::unique_ptr<DirectoryUnpacker>> create(FileSystem& files,
                                                           std::string directory);

  // kConflict where something appeared in the directory that we did not put there, kIo.
  Result<> begin_entry(const TarEntry& entry) override;
  Result<> write(std::string_view bytes) override;
  Result<> end_entry() override;

  // Removes what was written, though not the directory itself. kIo.
  Result<> discard();

 private:
  DirectoryUnpacker(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}
  Result<> make_directory(const std::string& path);

  FileSystem& files_;
  std::string root_;
  std::set<std::string> made_directories_;  // relative to the root
  std::set<std::string> made_files_;
  std::unique_ptr<WritableFile> file_;
};

}  // namespace sealift::archive
