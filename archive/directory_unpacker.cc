#include <sealift/archive/directory_unpacker.h>

#include <sealift/archive/entry_path.h>

#include <utility>

namespace sealift::archive {
namespace {

tl::unexpected<Error> in_the_way(const std::string& path) {
  return fail(ErrorCode::kConflict,
              path + " is in the way; unpack into a directory that is new or empty");
}

}  // namespace

Result<std::unique_ptr<DirectoryUnpacker>> DirectoryUnpacker::create(FileSystem& files,
                                                                     std::string directory) {
  const Result<FileInfo> info = files.info(directory);
  if (!info && info.error().code() != ErrorCode::kNotFound) return fail(info.error());
  if (info && info->type != FileType::kDirectory) return in_the_way(directory);
  SEALIFT_TRY(files.make_directories(directory));
  SEALIFT_ASSIGN(const std::vector<DirectoryEntry> present, files.list(directory));
  if (!present.empty()) return in_the_way(join_path(directory, present.front().name));
  return std::unique_ptr<DirectoryUnpacker>(new DirectoryUnpacker(files, std::move(directory)));
}

Result<> DirectoryUnpacker::begin_entry(const TarEntry& entry) {
  // The reader normalises; a visitor that writes to a disk does not rely on it.
  const TarLimits limits;
  SEALIFT_ASSIGN_CONTEXT(
      const std::string path,
      normalize_entry_path(entry.path, {limits.max_path_bytes, limits.max_path_depth}),
      "entry " + quote_name(entry.path));
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    SEALIFT_TRY(make_directory(path.substr(0, slash)));
  if (entry.type == TarEntry::Type::kDirectory) return make_directory(path);
  SEALIFT_ASSIGN(file_, files_.create(join_path(root_, path), FileSystem::Access::kPublic));
  made_files_.insert(path);
  return {};
}

// make_directories() takes an existing directory, and a link to one, for its own: so we look first.
Result<> DirectoryUnpacker::make_directory(const std::string& path) {
  if (made_directories_.contains(path)) return {};
  const std::string full = join_path(root_, path);
  const Result<FileInfo> info = files_.info(full);
  if (info) return in_the_way(full);
  if (info.error().code() != ErrorCode::kNotFound) return fail(info.error());
  SEALIFT_TRY(files_.make_directories(full));
  made_directories_.insert(path);
  return {};
}

Result<> DirectoryUnpacker::write(std::string_view bytes) { return file_->write(bytes); }

Result<> DirectoryUnpacker::end_entry() {
  if (!file_) return {};
  return std::exchange(file_, nullptr)->close();
}

Result<> DirectoryUnpacker::discard() {
  file_.reset();
  for (const std::string& path : made_files_) SEALIFT_TRY(files_.remove(join_path(root_, path)));
  made_files_.clear();
  // A directory sorts before what it holds.
  for (auto path = made_directories_.rbegin(); path != made_directories_.rend(); ++path)
    SEALIFT_TRY(files_.remove(join_path(root_, *path)));
  made_directories_.clear();
  return {};
}

}  // namespace sealift::archive
