#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/file_system.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sealift::archive {

// The regular files of a tar.gz in memory, as a disk that nobody can write: who reads a folder
// reads an archive of it by the same code. Paths begin with the archive's own, as if it were a
// folder ("a/b.tar.gz/c.json"), so that errors name it; what would change something is kIo.
class ArchivedFiles : public FileSystem {
 public:
  // Reads `path` of `files`, which need not outlive this object. kNotFound; kInvalidInput for a
  // directory, for what is no gzip of a tar that TarReader takes, and beyond `limits`, which count
  // for the compressed bytes as well.
  static Result<std::unique_ptr<ArchivedFiles>> open_archive(FileSystem& files,
                                                             const std::string& path,
                                                             const TarLimits& limits);

  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;

  Result<std::unique_ptr<WritableFile>> create(const std::string& path, Access access) override;
  Result<std::unique_ptr<WritableFile>> append(const std::string& path) override;
  Result<> truncate(const std::string& path, std::uint64_t size) override;
  Result<> rename(const std::string& from, const std::string& to) override;
  Result<> rename_new(const std::string& from, const std::string& to) override;
  Result<> remove(const std::string& path) override;
  Result<> make_directories(const std::string& path) override;
  Result<> make_directory(const std::string& path, std::uint32_t mode) override;
  Result<> sync_directory(const std::string& path) override;
  Result<std::shared_ptr<void>> lock(const std::string& path) override;

 private:
  explicit ArchivedFiles(std::string path) : path_(std::move(path)) {}
  // Null where the path is not below the archive's, or of no file.
  const std::shared_ptr<const std::string>* find(const std::string& path) const;

  std::string path_;
  std::map<std::string, std::shared_ptr<const std::string>> files_;  // by the path within
};

}  // namespace sealift::archive
