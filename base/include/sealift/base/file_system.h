#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sealift {

// A file that is being written. What was written survives a power cut only after sync().
class WritableFile : public ByteSink {
 public:
  // Flushes content to the device (fsync). kIo.
  virtual Result<> sync() = 0;
  // Ends writing; an error that the kernel kept until now is reported. Destroying an unclosed file
  // closes it without a report. kIo.
  virtual Result<> close() = 0;
};

enum class FileType { kFile, kDirectory, kOther };

struct FileInfo {
  FileType type = FileType::kOther;
  std::uint64_t size = 0;
  std::uint32_t mode = 0;   // permission bits, with those above them: at most 07777
  std::uint32_t group = 0;  // the number of the group that it belongs to
  bool is_own = false;      // of the user that this process acts as
  // A directory in whose place no other one can stand: something is mounted on it, or this process
  // (and the shell that started it there) works in it.
  bool is_fixed = false;
};

struct DirectoryEntry {
  std::string name;
  FileType type = FileType::kOther;
};

// What the programs ask of a disk, and no more. All errors carry the path; kNotFound where it does
// not exist, kConflict where something is there that must not be, otherwise kIo.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // kInvalidInput where it is a directory.
  virtual Result<std::unique_ptr<ByteSource>> open(const std::string& path) = 0;
  // Creates a file that must not exist yet, with mode 0600 or 0644 less the umask.
  enum class Access { kPrivate, kPublic };
  virtual Result<std::unique_ptr<WritableFile>> create(const std::string& path, Access access) = 0;
  // Opens for appending, creating it (0600) where it is missing.
  virtual Result<std::unique_ptr<WritableFile>> append(const std::string& path) = 0;
  // Cuts a file off behind its first `size` bytes; a shorter one is kConflict.
  virtual Result<> truncate(const std::string& path, std::uint64_t size) = 0;
  // Replaces `to` in one step. Durable after sync_directory() on the parent.
  virtual Result<> rename(const std::string& from, const std::string& to) = 0;
  // The same, but replaces nothing: kConflict where `to` is there. In one step as well, but for
  // disks that know no such step (NFS directories), where a look comes before.
  virtual Result<> rename_new(const std::string& from, const std::string& to) = 0;
  // Removes a file or an empty directory.
  virtual Result<> remove(const std::string& path) = 0;
  // Creates the directory and its parents; existing ones are fine. What it creates is durable.
  virtual Result<> make_directories(const std::string& path) = 0;
  // Creates a directory that must not exist yet, with just these permission bits, whatever the
  // umask, in a parent that exists. Durable after sync_directory() on the parent.
  virtual Result<> make_directory(const std::string& path, std::uint32_t mode) = 0;
  // Entries sorted by name, without "." and "..". Symbolic links are kOther.
  virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) = 0;
  // Does not follow a symbolic link at the end of the path.
  virtual Result<FileInfo> info(const std::string& path) = 0;
  virtual Result<> sync_directory(const std::string& path) = 0;
  // An exclusive lock for this process, held until the returned handle goes; kUnavailable where
  // another process holds it. The file is created (0600) where it is missing; what is locked is the
  // one that the path names then. kConflict where that is a symbolic link, or no regular file.
  virtual Result<std::shared_ptr<void>> lock(const std::string& path) = 0;
};

// The machine's file system; lives as long as the program.
FileSystem& system_files();

// Reads a whole file of at most `limit` bytes; more is kInvalidInput.
Result<std::string> read_file(FileSystem& files, const std::string& path, std::uint64_t limit);

// A regular file as a blob; the path is opened anew for each reading. `files` must outlive it.
// kInvalidInput where the path is something else, a symbolic link included.
Result<Blob> blob_from_file(FileSystem& files, const std::string& path);

// Replaces a file so that after a crash at any moment either the old or the new content is there:
// temporary file beside it, sync, rename, sync of the directory.
Result<> write_file_atomically(FileSystem& files, const std::string& path, std::string_view bytes,
                               FileSystem::Access access = FileSystem::Access::kPublic);

// "a" + "b" → "a/b"; an absolute second part wins.
std::string join_path(std::string_view directory, std::string_view name);
// "a/b/c" → "a/b"; "c" → ".".
std::string parent_path(std::string_view path);

}  // namespace sealift
