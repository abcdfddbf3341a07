#include "upload_source.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace sealift::oci {
namespace {

constexpr std::size_t kPieceSize = 64u << 10;

}  // namespace

class UploadSource::Part : public ByteSource {
 public:
  Part(UploadSource& whole, std::uint64_t size) : whole_(whole), rest_(size) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    SEALIFT_ASSIGN(const std::size_t count,
                   whole_.read(buffer, std::min<std::uint64_t>(size, rest_)));
    rest_ -= count;
    return count;
  }

 private:
  UploadSource& whole_;
  std::uint64_t rest_;
};

Blob UploadSource::part(std::uint64_t first, std::uint64_t size) {
  Blob body;
  body.size = size;
  body.open = [this, first, size]() -> Result<std::unique_ptr<ByteSource>> {
    SEALIFT_TRY(go_to(first));
    return std::make_unique<Part>(*this, size);
  };
  return body;
}

Result<> UploadSource::go_to(std::uint64_t first) {
  if (source_ == nullptr || position_ > first) {
    source_.reset();
    SEALIFT_ASSIGN(source_, bytes_.open());
    if (!bytes_.is_verified) hasher_.emplace(blob_.digest.algorithm());
    position_ = 0;
  }
  // Read, not skipped: the digest covers what was sent before as well.
  std::string passed(std::min<std::uint64_t>(kPieceSize, first - position_), '\0');
  while (position_ < first) {
    const auto wanted = std::min<std::uint64_t>(passed.size(), first - position_);
    SEALIFT_ASSIGN(const std::size_t count, read(passed.data(), wanted));
    if (count > 0) continue;
    return fail(ErrorCode::kIo, "the content to store as " + blob_.digest.to_string() +
                                    " ended after " + std::to_string(position_) + " of " +
                                    std::to_string(blob_.size) +
                                    " bytes; it changed while it was being sent");
  }
  return {};
}

Result<std::size_t> UploadSource::read(char* buffer, std::size_t size) {
  if (size == 0) return 0;
  auto read = source_->read(buffer, size);
  if (!read) {
    source_.reset();  // another attempt needs a whole one
    return read;
  }
  const std::size_t count = *read;
  if (hasher_) hasher_->update(std::string_view(buffer, count));
  const bool was_complete = position_ >= blob_.size;
  position_ += count;
  if (!was_complete && position_ >= blob_.size) SEALIFT_TRY(check_digest());
  furthest_ = std::max(furthest_, position_);
  return count;
}

Result<> UploadSource::check_digest() {
  if (!hasher_) return {};
  const Digest found = hasher_->finish();
  if (found == blob_.digest) return {};
  source_.reset();
  return fail(ErrorCode::kUntrusted, "the content to store as " + blob_.digest.to_string() +
                                         " was changed: it hashes to " + found.to_string());
}

}  // namespace sealift::oci
