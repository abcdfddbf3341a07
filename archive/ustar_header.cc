#include "ustar_header.h"

#include <algorithm>
#include <cassert>

namespace sealift::archive::ustar {
namespace {

// Octal digits with leading zeros and a NUL at the end.
void put_octal(std::string& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.length - 1; i-- > 0; value >>= 3)
    block[field.offset + i] = static_cast<char>('0' + (value & 7u));
  assert(value == 0);
}

void put_text(std::string& block, Field field, std::string_view text) {
  assert(text.size() <= field.length);
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

std::optional<std::uint64_t> parse_base256(std::string_view field) {
  if (field.front() != '\x80') return std::nullopt;  // other bits: negative or out of range
  std::uint64_t value = 0;
  for (const char c : field.substr(1)) {
    if (value >> 56 != 0) return std::nullopt;
    value = value << 8 | static_cast<unsigned char>(c);
  }
  return value;
}

}  // namespace

std::uint32_t checksum(std::string_view block) {
  std::uint32_t sum = ' ' * kChecksum.length;
  for (std::size_t i = 0; i < block.size(); ++i)
    if (i < kChecksum.offset || i >= kChecksum.offset + kChecksum.length)
      sum += static_cast<unsigned char>(block[i]);
  return sum;
}

std::optional<std::uint64_t> parse_number(std::string_view field) {
  if ((static_cast<unsigned char>(field.front()) & 0x80u) != 0) return parse_base256(field);
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  const std::size_t digits = std::min(field.find_first_not_of("01234567"), field.size());
  const std::string_view rest = field.substr(digits);
  if (digits == 0 || rest.find_first_not_of(std::string_view(" \0", 2)) != std::string_view::npos)
    return std::nullopt;
  std::uint64_t value = 0;  // 12 digits have 36 bits
  for (const char c : field.substr(0, digits)) value = value << 3 | static_cast<unsigned>(c - '0');
  return value;
}

std::string encode(const Header& header) {
  std::string block(kBlock, '\0');
  put_text(block, kName, header.name);
  put_octal(block, kMode, header.mode);
  put_octal(block, kUid, 0);
  put_octal(block, kGid, 0);
  put_octal(block, kSize, header.size);
  put_octal(block, kTime, 0);
  block[kType] = header.type;
  put_text(block, kMagic, kPosixMagic);
  put_octal(block, kDeviceMajor, 0);
  put_octal(block, kDeviceMinor, 0);
  put_text(block, kPrefix, header.prefix);
  // Six digits, NUL, space: as the field has been written since the first tar.
  put_octal(block, {kChecksum.offset, kChecksum.length - 1}, checksum(block));
  block[kChecksum.offset + kChecksum.length - 1] = ' ';
  return block;
}

}  // namespace sealift::archive::ustar
