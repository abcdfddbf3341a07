#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sealift::archive {

// Packs bits into bytes, the first bit lowest (RFC 1951, section 3.1.1).
class BitWriter {
 public:
  // Makes room for this many more bits; put() does not check.
  void reserve_bits(std::uint64_t bits) {
    const std::size_t needed = used_ + static_cast<std::size_t>(bits / 8) + kSlack;
    if (buffer_.size() < needed) buffer_.resize(needed);
  }

  // Up to 56 bits; `bits` has none set above `count`.
  void put(std::uint64_t bits, unsigned count) {
    pending_ |= bits << pending_count_;
    pending_count_ += count;
    for (unsigned byte = 0; byte < 8; ++byte)  // compiles to one store on little-endian machines
      buffer_[used_ + byte] = static_cast<char>(pending_ >> (8 * byte) & 0xffu);
    used_ += pending_count_ / 8;
    pending_ >>= pending_count_ & ~7u;
    pending_count_ &= 7u;
  }

  // Bits until the next byte begins.
  unsigned bits_to_boundary() const { return (8 - pending_count_) & 7u; }

  // The writer must be at a byte boundary, with room reserved.
  void put_bytes(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }

  // The whole bytes so far; they are forgotten by clear(), the bits of an unfinished byte are not.
  std::string_view bytes() const { return {buffer_.data(), used_}; }
  void clear() { used_ = 0; }

 private:
  static constexpr std::size_t kSlack = 16;
  std::string buffer_;
  std::size_t used_ = 0;
  std::uint64_t pending_ = 0;
  unsigned pending_count_ = 0;  // below 8 between calls
};

}  // namespace sealift::archive
