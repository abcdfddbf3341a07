#include <sealift/archive/tar_files.h>

#include <sealift/archive/entry_path.h>

#include <algorithm>
#include <utility>

namespace sealift::archive {

bool is_manifest_path(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

Result<> TarFiles::begin_entry(const TarEntry& entry) {
  keeping_ = entry.type == TarEntry::Type::kFile && keep_(entry.path);
  if (!keeping_) return {};
  if (files_.size() >= limits_.max_entries)
    return fail(ErrorCode::kInvalidInput, "the archive has more files than the limit of " +
                                              std::to_string(limits_.max_entries) +
                                              "; split the artifact");
  files_.push_back({entry.path, {}});
  return {};
}

Result<> TarFiles::write(std::string_view bytes) {
  if (!keeping_) return {};
  TarFile& file = files_.back();
  if (bytes.size() > limits_.max_file_bytes - file.bytes.size())
    return fail(ErrorCode::kInvalidInput,
                "the file " + quote_name(file.path) + " has more bytes than the limit of " +
                    std::to_string(limits_.max_file_bytes) + "; take it out of the artifact");
  if (bytes.size() > limits_.max_unpacked_bytes - kept_bytes_)
    return fail(ErrorCode::kInvalidInput,
                "the files of the archive have more bytes than the limit of " +
                    std::to_string(limits_.max_unpacked_bytes) + "; split the artifact");
  kept_bytes_ += bytes.size();
  file.bytes += bytes;
  return {};
}

Result<> TarFiles::end_entry() {
  keeping_ = false;
  return {};
}

std::vector<TarFile> TarFiles::take() {
  std::vector<TarFile> files = std::exchange(files_, {});
  kept_bytes_ = 0;
  std::sort(files.begin(), files.end(),
            [](const TarFile& a, const TarFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace sealift::archive
