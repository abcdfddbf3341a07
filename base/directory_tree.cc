#include <sealift/base/directory_tree.h>

namespace sealift {

Result<> remove_tree(FileSystem& files, const std::string& path) {
  const auto info = files.info(path);
  if (!info && info.error().code() == ErrorCode::kNotFound) return {};
  if (!info) return fail(info.error());
  Result<> result;
  if (info->type == FileType::kDirectory) {
    SEALIFT_ASSIGN(const auto entries, files.list(path));
    for (const auto& entry : entries) {
      auto removed = remove_tree(files, join_path(path, entry.name));
      if (result && !removed) result = std::move(removed);
    }
  }
  if (!result) return result;
  return files.remove(path);
}

Result<> sync_tree(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN(const auto entries, files.list(path));
  for (const auto& entry : entries) {
    const std::string below = join_path(path, entry.name);
    if (entry.type == FileType::kDirectory) {
      SEALIFT_TRY(sync_tree(files, below));
    } else if (entry.type == FileType::kFile) {
      SEALIFT_ASSIGN(auto file, files.append(below));
      SEALIFT_TRY(file->sync());
      SEALIFT_TRY(file->close());
    }
  }
  return files.sync_directory(path);
}

}  // namespace sealift
