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

}  // namespace sealift
