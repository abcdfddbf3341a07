#include "streamed_layout.h"

#include "archive_files.h"
#include "verifying_sink.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>

#include <utility>

namespace sealift::oci {
namespace {

constexpr std::uint64_t kMaxKeptManifests = 64u << 20;

tl::unexpected<Error> wrong_order(const std::string& what) {
  return fail(ErrorCode::kInvalidInput,
              "the archive on standard input has " + what +
                  ", as another program wrote it; save it to a file and name that file");
}

bool is_manifest(const Descriptor& descriptor) {
  return is_manifest_type(descriptor.media_type) || is_index_type(descriptor.media_type);
}

}  // namespace

StreamedLayout::StreamedLayout(ByteSource& source) : tar_(source, archive_limits()) {}

Result<> StreamedLayout::read_manifests() {
  while (!first_blob_) {
    SEALIFT_ASSIGN(const auto entry, tar_.next());
    if (!entry) break;
    if (entry->type != archive::TarEntry::Type::kFile) continue;
    auto digest = digest_of_path(entry->path);
    if (!digest) {
      SEALIFT_TRY(read_document(entry->path));
    } else if (index_ == nullptr || !has_layout_) {
      return wrong_order("blobs before its index.json");
    } else if (expected_.contains(*digest)) {
      SEALIFT_TRY(read_manifest(*digest));
    } else {
      first_blob_ = BlobEntry{*std::move(digest), entry->size};
    }
  }
  if (index_ != nullptr && has_layout_) return {};
  return fail(ErrorCode::kInvalidInput,
              shown_ + " is no image layout: it has no files oci-layout and index.json at its top");
}

Result<> StreamedLayout::read_document(const std::string& path) {
  if (path == kLayoutFile) {
    SEALIFT_ASSIGN(const auto text, read_all(tar_, path, kMaxLayoutDocument));
    SEALIFT_TRY(check_layout_version(text, path));
    has_layout_ = true;
  } else if (path == kIndexFile) {
    SEALIFT_ASSIGN(const auto text, read_all(tar_, path, kMaxLayoutIndexBytes));
    SEALIFT_ASSIGN(auto parsed, LayoutIndex::parse(text, path));
    for (const Descriptor& entry : parsed.manifests()) {
      if (is_manifest(entry)) expected_.emplace(entry.digest, entry.media_type);
    }
    index_ = std::make_shared<const LayoutIndex>(std::move(parsed));
  }
  return {};
}

Result<> StreamedLayout::read_manifest(const Digest& digest) {
  SEALIFT_ASSIGN(std::string bytes, read_all(tar_, digest.to_string(), kMaxManifestBytes));
  SEALIFT_TRY(verify_bytes(bytes, digest, bytes.size(), shown_));
  manifest_bytes_ += bytes.size();
  if (manifest_bytes_ > kMaxKeptManifests) {
    return fail(ErrorCode::kInvalidInput,
                "the manifests of " + shown_ +
                    " are more than the limit of 64 MiB; save it to a file and name that file");
  }
  SEALIFT_TRY(expect_children(digest, bytes));
  manifests_.emplace(digest, std::move(bytes));
  return {};
}

Result<> StreamedLayout::expect_children(const Digest& digest, const std::string& bytes) {
  const std::string& media_type = expected_.at(digest);
  if (!is_index_type(media_type)) return {};
  SEALIFT_ASSIGN(const Index index, parse_index(bytes, media_type));
  for (const Descriptor& child : index.manifests) {
    if (is_manifest(child)) expected_.emplace(child.digest, child.media_type);
  }
  return {};
}

Result<std::optional<StreamedLayout::BlobEntry>> StreamedLayout::next_blob() {
  if (first_blob_) return std::exchange(first_blob_, std::nullopt);
  while (true) {
    SEALIFT_ASSIGN(const auto entry, tar_.next());
    if (!entry) return std::nullopt;
    auto digest = digest_of_path(entry->path);
    if (!digest || entry->type != archive::TarEntry::Type::kFile) continue;
    if (expected_.contains(*digest)) return wrong_order("manifests behind its blobs");
    return BlobEntry{*std::move(digest), entry->size};
  }
}

Result<std::unique_ptr<ByteSource>> StreamedLayout::open(const Digest& digest) {
  const auto found = manifests_.find(digest);
  if (found == manifests_.end()) {
    return fail(ErrorCode::kNotFound, "no manifest " + digest.to_string() + " in " + shown_);
  }
  return std::make_unique<ViewSource>(found->second);
}

}  // namespace sealift::oci
