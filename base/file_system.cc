#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>

namespace sealift {

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty() || (!name.empty() && name.front() == '/')) return std::string(name);
  std::string path(directory);
  if (path.back() != '/') path += '/';
  path += name;
  return path;
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  std::string_view parent = path.substr(0, slash);
  while (!parent.empty() && parent.back() == '/') parent.remove_suffix(1);
  return parent.empty() ? "/" : std::string(parent);
}

Result<std::string> read_file(FileSystem& files, const std::string& path, std::uint64_t limit) {
  SEALIFT_ASSIGN(auto source, files.open(path));
  return read_all(*source, path, limit);
}

Result<Blob> blob_from_file(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN(const FileInfo info, files.info(path));
  if (info.type != FileType::kFile) {
    return fail(ErrorCode::kInvalidInput, printable(path, 400) + " is no regular file");
  }
  Blob blob;
  blob.size = info.size;
  blob.open = [&files, path] { return files.open(path); };
  return blob;
}

namespace {

Result<> write_and_sync(FileSystem& files, const std::string& path, std::string_view bytes,
                        FileSystem::Access access) {
  SEALIFT_ASSIGN(auto file, files.create(path, access));
  SEALIFT_TRY(file->write(bytes));
  SEALIFT_TRY(file->sync());
  return file->close();
}

}  // namespace

Result<> write_file_atomically(FileSystem& files, const std::string& path, std::string_view bytes,
                               FileSystem::Access access) {
  const std::string directory = parent_path(path);
  const std::string name = path.substr(path.rfind('/') + 1);
  // Hidden and with an ending of its own, so that nobody who reads the directory takes a
  // half-written file for a whole one.
  const std::string temporary =
      join_path(directory, "." + name + "." + hex_encode(system_random().bytes(8)) + ".tmp");
  Result<> result = write_and_sync(files, temporary, bytes, access);
  if (result) result = files.rename(temporary, path);
  if (!result) {
    static_cast<void>(files.remove(temporary));
    return result;
  }
  return files.sync_directory(directory);
}

}  // namespace sealift
