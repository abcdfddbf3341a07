#include "archive_files.h"
#include "layout_index.h"
#include "layout_lock.h"
#include "layout_reader.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/layout_images.h>

#include <utility>

namespace sealift::oci {
namespace {

Result<LayoutIndex> read_index(const std::string& directory, FileSystem& files) {
  const std::string path = join_path(directory, kIndexFile);
  SEALIFT_ASSIGN(const auto bytes, read_file(files, path, kMaxLayoutIndexBytes));
  return LayoutIndex::parse(bytes, path);
}

}  // namespace

Result<ImageNames> layout_image_names(const Reference& layout, FileSystem& files) {
  if (layout.kind() == Reference::Kind::kArchive) {
    SEALIFT_ASSIGN(const auto index, ArchiveFiles(layout.repository(), files).index());
    return index->images();
  }
  SEALIFT_ASSIGN(const auto index, read_index(layout.repository(), files));
  return index.images();
}

Result<> name_layout_images(const std::string& directory, const ImageNames& names,
                            FileSystem& files, Clock& clock, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto held, lock_layout(directory, files, clock, std::move(stop)));
  SEALIFT_ASSIGN(auto index, read_index(directory, files));
  bool is_changed = false;
  for (const auto& [name, digest] : names) {
    const auto listed = index.find_digest(digest);
    if (!listed) {
      return fail(ErrorCode::kNotFound, "index.json in \"" + printable(directory, 400) +
                                            "\" does not list " + digest.to_string() +
                                            ", which is to be " + printable(name, 300));
    }
    SEALIFT_ASSIGN(const bool is_new, index.add_image(*listed, name));
    is_changed = is_changed || is_new;
  }
  if (!is_changed) return {};
  return write_file_atomically(files, join_path(directory, kIndexFile), index.serialize());
}

}  // namespace sealift::oci
