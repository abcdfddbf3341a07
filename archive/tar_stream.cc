#include <sealift/archive/tar_stream.h>

#include "ustar_header.h"

#include <algorithm>
#include <array>

namespace sealift::archive {

TarStream::TarStream(ByteSource& source, const TarLimits& limits)
    : source_(source), reader_(latest_, limits) {}

Result<bool> TarStream::read_block() {
  std::array<char, ustar::kBlock> block{};
  const std::size_t wanted = ustar::kBlock - static_cast<std::size_t>(position_ % ustar::kBlock);
  std::size_t filled = 0;
  while (filled < wanted) {
    SEALIFT_ASSIGN(const std::size_t count, source_.read(block.data() + filled, wanted - filled));
    if (count == 0) break;
    filled += count;
  }
  position_ += filled;
  SEALIFT_TRY(reader_.write(std::string_view(block.data(), filled)));
  return filled == wanted;
}

Result<> TarStream::pass_over_content() {
  const std::uint64_t left = reader_.content_left();
  if (left == 0) return {};
  SEALIFT_ASSIGN(const std::uint64_t passed, source_.skip(left));
  position_ += passed;
  SEALIFT_TRY(reader_.pass_over(passed));
  return passed < left ? reader_.finish() : Result<>();
}

Result<std::optional<TarEntry>> TarStream::next() {
  SEALIFT_TRY(pass_over_content());
  while (true) {
    // An empty file and a directory are over with their header.
    if (auto entry = latest_.take()) return entry;
    SEALIFT_ASSIGN(const bool more, read_block());
    if (!more) break;
  }
  SEALIFT_TRY(reader_.finish());
  return std::nullopt;
}

Result<std::size_t> TarStream::read(char* buffer, std::size_t size) {
  const std::uint64_t left = reader_.content_left();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
  if (wanted == 0) return 0;
  SEALIFT_ASSIGN(const std::size_t count, source_.read(buffer, wanted));
  if (count == 0) {
    SEALIFT_TRY(reader_.finish());
    return 0;
  }
  position_ += count;
  SEALIFT_TRY(reader_.write(std::string_view(buffer, count)));
  return count;
}

}  // namespace sealift::archive
