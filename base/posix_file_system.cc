#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sealift {
namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EEXIST:
    case ENOTEMPTY:
    case EISDIR:
      return ErrorCode::kConflict;
    default:
      return ErrorCode::kIo;
  }
}

tl::unexpected<Error> fail_system(std::string_view action, const std::string& path, int number) {
  return fail(code_of(number), "cannot " + std::string(action) + " " + printable(path, 400) + ": " +
                                   std::generic_category().message(number));
}

// Calls again while a signal interrupts.
template <typename Call>
auto restarted(Call call) {
  while (true) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int get() const { return number_; }
  // On Linux the descriptor is gone even where close() fails, so it is never called twice.
  int close() { return ::close(std::exchange(number_, -1)); }

 private:
  int number_ = -1;
};

Result<Descriptor> open_descriptor(std::string_view action, const std::string& path, int flags,
                                   mode_t mode = 0) {
  const int number =
      restarted([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode); });
  if (number < 0) return fail_system(action, path, errno);
  return Descriptor(number);
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  return FileType::kOther;
}

// Also of a bind within one file system. False on kernels that do not say (before Linux 5.8).
bool is_mount(const std::string& path) {
  struct statx status{};
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  return ::statx(AT_FDCWD, path.c_str(), flags, STATX_TYPE, &status) == 0 &&
         (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool is_working_directory(const struct stat& directory) {
  struct stat here{};
  return ::stat(".", &here) == 0 && here.st_dev == directory.st_dev &&
         here.st_ino == directory.st_ino;
}

// Whether the path still leads to the open file.
bool names(const std::string& path, const Descriptor& file) {
  struct stat at_path{};
  struct stat opened{};
  return ::lstat(path.c_str(), &at_path) == 0 && ::fstat(file.get(), &opened) == 0 &&
         at_path.st_dev == opened.st_dev && at_path.st_ino == opened.st_ino;
}

class PosixSource : public ByteSource {
 public:
  PosixSource(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    const ssize_t count = restarted([&] { return ::read(file_.get(), buffer, size); });
    if (count < 0) return fail_system("read", path_, errno);
    return static_cast<std::size_t>(count);
  }

  Result<std::uint64_t> skip(std::uint64_t size) override {
    struct stat info{};
    if (::fstat(file_.get(), &info) != 0) return fail_system("read", path_, errno);
    const off_t at = S_ISREG(info.st_mode) ? ::lseek(file_.get(), 0, SEEK_CUR) : -1;
    if (at < 0) return ByteSource::skip(size);  // a pipe
    const auto rest = static_cast<std::uint64_t>(std::max<off_t>(0, info.st_size - at));
    const std::uint64_t passed = std::min(size, rest);
    if (::lseek(file_.get(), at + static_cast<off_t>(passed), SEEK_SET) < 0) {
      return fail_system("read", path_, errno);
    }
    return passed;
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixFile : public WritableFile {
 public:
  PosixFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          restarted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
      if (count < 0) return fail_system("write", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<> sync() override {
    if (restarted([&] { return ::fsync(file_.get()); }) != 0) {
      return fail_system("sync", path_, errno);
    }
    return {};
  }

  Result<> close() override {
    if (file_.close() != 0 && errno != EINTR) return fail_system("close", path_, errno);
    return {};
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixFileSystem : public FileSystem {
 public:
  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> create(const std::string& path, Access access) override;
  Result<std::unique_ptr<WritableFile>> append(const std::string& path) override;
  Result<> truncate(const std::string& path, std::uint64_t size) override;
  Result<> rename(const std::string& from, const std::string& to) override;
  Result<> rename_new(const std::string& from, const std::string& to) override;
  Result<> remove(const std::string& path) override;
  Result<> make_directories(const std::string& path) override;
  Result<> make_directory(const std::string& path, std::uint32_t mode) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<> sync_directory(const std::string& path) override;
  Result<std::shared_ptr<void>> lock(const std::string& path) override;
};

Result<std::unique_ptr<ByteSource>> PosixFileSystem::open(const std::string& path) {
  SEALIFT_ASSIGN(Descriptor file, open_descriptor("open", path, O_RDONLY));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_system("open", path, errno);
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kInvalidInput,
                "cannot read " + printable(path, 400) + ": it is a directory, not a file");
  }
  return std::make_unique<PosixSource>(std::move(file), path);
}

Result<std::unique_ptr<WritableFile>> PosixFileSystem::create(const std::string& path,
                                                              Access access) {
  const mode_t mode = access == Access::kPrivate ? 0600 : 0644;
  SEALIFT_ASSIGN(Descriptor file,
                 open_descriptor("create", path, O_WRONLY | O_CREAT | O_EXCL, mode));
  return std::make_unique<PosixFile>(std::move(file), path);
}

Result<std::unique_ptr<WritableFile>> PosixFileSystem::append(const std::string& path) {
  SEALIFT_ASSIGN(Descriptor file,
                 open_descriptor("append to", path, O_WRONLY | O_CREAT | O_APPEND, 0600));
  return std::make_unique<PosixFile>(std::move(file), path);
}

Result<> PosixFileSystem::truncate(const std::string& path, std::uint64_t size) {
  SEALIFT_ASSIGN(const Descriptor file, open_descriptor("cut off", path, O_WRONLY, 0));
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return fail_system("cut off", path, errno);
  if (static_cast<std::uint64_t>(info.st_size) < size) {
    return fail(ErrorCode::kConflict, printable(path, 400) + " has only " +
                                          std::to_string(info.st_size) + " bytes, not " +
                                          std::to_string(size));
  }
  if (restarted([&] { return ::ftruncate(file.get(), static_cast<off_t>(size)); }) != 0) {
    return fail_system("cut off", path, errno);
  }
  return {};
}

Result<> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return fail_system("rename " + printable(from, 400) + " to", to, errno);
  }
  return {};
}

Result<> PosixFileSystem::rename_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  const std::string action = "rename " + printable(from, 400) + " to";
  if (errno != EINVAL && errno != ENOSYS) return fail_system(action, to, errno);
  // NFS and some FUSE disks know no such step. A link is one, for files; FAT has no links.
  if (::link(from.c_str(), to.c_str()) == 0) return remove(from);
  if (errno == EEXIST) return fail_system(action, to, errno);
  struct stat status{};
  if (::lstat(to.c_str(), &status) == 0) return fail_system(action, to, EEXIST);
  return rename(from, to);
}

Result<> PosixFileSystem::remove(const std::string& path) {
  if (::remove(path.c_str()) != 0) return fail_system("remove", path, errno);
  return {};
}

Result<> PosixFileSystem::make_directories(const std::string& path) {
  // From the front, so that each part is tried once; parts that are there already answer EEXIST.
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (part.empty()) continue;  // in front of a leading slash
    if (::mkdir(part.c_str(), 0755) == 0) {
      SEALIFT_TRY(sync_directory(parent_path(part)));
      continue;
    }
    const int number = errno;
    struct stat status{};
    if (::stat(part.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) continue;
      return fail(ErrorCode::kConflict, "cannot make directory " + printable(path, 400) + ": " +
                                            printable(part, 400) + " is there and is no directory");
    }
    return fail_system("make directory", part, number);
  }
  return {};
}

Result<> PosixFileSystem::make_directory(const std::string& path, std::uint32_t mode) {
  if (::mkdir(path.c_str(), 0700) != 0) return fail_system("make directory", path, errno);
  if (mode == 0700 || ::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0) return {};
  const int number = errno;
  ::rmdir(path.c_str());
  return fail_system("set the mode of", path, number);
}

Result<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (directory == nullptr) return fail_system("list", path, errno);
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    FileType type = FileType::kOther;
    if (entry->d_type == DT_UNKNOWN) {  // some file systems do not keep the type in the directory
      struct stat status{};
      if (::fstatat(::dirfd(directory.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        type = type_of(status.st_mode);
      }
    } else {
      type = type_of(static_cast<mode_t>(DTTOIF(entry->d_type)));
    }
    entries.push_back({std::string(name), type});
  }
  if (errno != 0) return fail_system("list", path, errno);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<FileInfo> PosixFileSystem::info(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return fail_system("look at", path, errno);
  FileInfo info;
  info.type = type_of(status.st_mode);
  info.size = static_cast<std::uint64_t>(status.st_size);
  info.mode = status.st_mode & 07777;
  info.group = status.st_gid;
  info.is_own = status.st_uid == ::geteuid();
  info.is_fixed = S_ISDIR(status.st_mode) && (is_working_directory(status) || is_mount(path));
  return info;
}

Result<> PosixFileSystem::sync_directory(const std::string& path) {
  SEALIFT_ASSIGN(const Descriptor directory,
                 open_descriptor("sync directory", path, O_RDONLY | O_DIRECTORY));
  if (restarted([&] { return ::fsync(directory.get()); }) != 0) {
    return fail_system("sync directory", path, errno);
  }
  return {};
}

Result<std::shared_ptr<void>> PosixFileSystem::lock(const std::string& path) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    const auto before = info(path);
    if (before && before->type != FileType::kFile) {
      return fail(ErrorCode::kConflict,
                  "cannot lock " + printable(path, 400) + ": it is no regular file; remove it");
    }
    SEALIFT_ASSIGN(Descriptor file,
                   open_descriptor("lock", path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    // flock() belongs to the open file, so the kernel drops it with the process, however that ends.
    if (restarted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno != EWOULDBLOCK) return fail_system("lock", path, errno);
      break;
    }
    // Who held it before may have removed or renamed it since: a lock on that keeps nobody out.
    if (names(path, file)) return std::make_shared<Descriptor>(std::move(file));
  }
  return fail(ErrorCode::kUnavailable, "cannot lock " + printable(path, 400) +
                                           ": another process holds it; wait for it to end");
}

}  // namespace

FileSystem& system_files() {
  static PosixFileSystem files;
  return files;
}

}  // namespace sealift
