#include "archive_files.h"

#include <sealift/archive/tar_stream.h>
#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::string_view kBlobs = "blobs/";

// One blob in the middle of a file.
class PieceSource : public ByteSource {
 public:
  PieceSource(std::unique_ptr<ByteSource> file, std::uint64_t size)
      : file_(std::move(file)), left_(size) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    if (wanted == 0) return 0;
    SEALIFT_ASSIGN(const std::size_t count, file_->read(buffer, wanted));
    left_ -= count;
    return count;
  }

 private:
  std::unique_ptr<ByteSource> file_;
  std::uint64_t left_;
};

bool is_compressed(std::string_view beginning) {
  return beginning.starts_with("\x1f\x8b") || beginning.starts_with("\x28\xb5\x2f\xfd");
}

}  // namespace

archive::TarLimits archive_limits() {
  archive::TarLimits limits;
  limits.max_unpacked_bytes = std::uint64_t{1} << 50;
  limits.max_file_bytes = std::uint64_t{1} << 42;
  limits.max_entries = 1'000'000;
  return limits;
}

std::optional<Digest> digest_of_path(std::string_view path) {
  if (!path.starts_with(kBlobs)) return std::nullopt;
  std::string text(path.substr(kBlobs.size()));
  std::replace(text.begin(), text.end(), '/', ':');
  auto digest = Digest::parse(text);
  if (!digest) return std::nullopt;
  return *std::move(digest);
}

ArchiveFiles::ArchiveFiles(std::string path, FileSystem& files)
    : path_(std::move(path)), shown_("\"" + printable(path_, 400) + "\""), files_(files) {}

Result<> ArchiveFiles::read_through() {
  const std::lock_guard lock(mutex_);
  if (index_ != nullptr) return {};
  SEALIFT_ASSIGN(const auto info, files_.info(path_));
  if (info.type == FileType::kDirectory) {
    return fail(ErrorCode::kInvalidInput,
                shown_ + " is a directory; a layout in a directory is oci-layout:" + path_);
  }
  SEALIFT_ASSIGN(auto source, files_.open(path_));
  char beginning[4] = {};
  SEALIFT_ASSIGN(const std::size_t count, source->read(beginning, sizeof beginning));
  if (is_compressed(std::string_view(beginning, count))) {
    return fail(ErrorCode::kInvalidInput, shown_ +
                                              " is compressed; an archive is a plain tar, "
                                              "whose blobs are compressed already: unpack "
                                              "it with gunzip or unzstd first");
  }
  SEALIFT_ASSIGN(source, files_.open(path_));
  SEALIFT_TRY_CONTEXT(read_entries(*source), "reading the archive " + shown_);
  return {};
}

Result<> ArchiveFiles::read_entries(ByteSource& source) {
  archive::TarStream tar(source, archive_limits());
  std::shared_ptr<const LayoutIndex> index;
  bool has_layout = false;
  while (true) {
    SEALIFT_ASSIGN(const auto entry, tar.next());
    if (!entry) break;
    if (entry->type != archive::TarEntry::Type::kFile) continue;
    if (entry->path == kLayoutFile) {
      SEALIFT_ASSIGN(const auto text, read_all(tar, entry->path, kMaxLayoutDocument));
      SEALIFT_TRY(check_layout_version(text, entry->path));
      has_layout = true;
    } else if (entry->path == kIndexFile) {
      SEALIFT_ASSIGN(const auto text, read_all(tar, entry->path, kMaxLayoutIndexBytes));
      SEALIFT_ASSIGN(auto parsed, LayoutIndex::parse(text, entry->path));
      index = std::make_shared<const LayoutIndex>(std::move(parsed));
    } else if (auto digest = digest_of_path(entry->path)) {
      blobs_.insert_or_assign(*std::move(digest), Place{tar.position(), entry->size});
    }
  }
  if (!has_layout || index == nullptr) {
    return fail(ErrorCode::kInvalidInput, std::string("it is no image layout: it has no file ") +
                                              std::string(has_layout ? kIndexFile : kLayoutFile) +
                                              " at its top");
  }
  index_ = std::move(index);
  return {};
}

Result<std::shared_ptr<const LayoutIndex>> ArchiveFiles::index() {
  SEALIFT_TRY(read_through());
  return index_;
}

Result<std::unique_ptr<ByteSource>> ArchiveFiles::open(const Digest& digest) {
  SEALIFT_TRY(read_through());
  const auto place = blobs_.find(digest);
  if (place == blobs_.end()) {
    return fail(ErrorCode::kNotFound, "no blob " + digest.to_string() + " in " + shown_);
  }
  SEALIFT_ASSIGN(auto file, files_.open(path_));
  SEALIFT_TRY(file->skip(place->second.offset));
  return std::make_unique<PieceSource>(std::move(file), place->second.size);
}

Result<bool> ArchiveFiles::holds(const Digest& digest) {
  SEALIFT_TRY(read_through());
  return blobs_.contains(digest);
}

}  // namespace sealift::oci
