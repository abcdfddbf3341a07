#include "utf8.h"

#include <sealift/base/encoding.h>

#include <cassert>
#include <cstdint>
#include <cstring>

namespace sealift {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

bool is_continuation(std::string_view bytes, std::size_t i) {
  return i < bytes.size() && (byte_at(bytes, i) & 0xc0) == 0x80;
}

bool in_range(std::string_view bytes, std::size_t i, std::uint8_t low, std::uint8_t high) {
  return i < bytes.size() && byte_at(bytes, i) >= low && byte_at(bytes, i) <= high;
}

// What a terminal would obey instead of show: C0, DEL, C1, and the marks that turn the direction of
// text around (Unicode TR 36, section 2.11), which make a line read as something that it is not.
bool is_control(std::string_view sequence) {
  if (sequence.size() == 1) return byte_at(sequence, 0) < 0x20 || byte_at(sequence, 0) == 0x7f;
  if (sequence.size() == 2) return byte_at(sequence, 0) == 0xc2 && byte_at(sequence, 1) < 0xa0;
  if (sequence.substr(0, 2) == "\xe2\x80") {
    return in_range(sequence, 2, 0xa8, 0xae) || in_range(sequence, 2, 0x8e, 0x8f);
  }
  return sequence.substr(0, 2) == "\xe2\x81" && in_range(sequence, 2, 0xa6, 0xa9);
}

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "\\x";
    text += hex_encode(std::string_view(&c, 1));
  }
  return text;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const std::uint8_t lead = byte_at(bytes, 0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return is_continuation(bytes, 1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    // The second byte's range keeps overlong forms (after E0) and surrogates (after ED) out.
    const std::uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
    const std::uint8_t high = lead == 0xed ? 0x9f : 0xbf;
    return in_range(bytes, 1, low, high) && is_continuation(bytes, 2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const std::uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
    return in_range(bytes, 1, low, high) && is_continuation(bytes, 2) && is_continuation(bytes, 3)
               ? 4
               : 0;
  }
  return 0;
}

std::size_t find_invalid_utf8(std::string_view bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    std::uint64_t word = 0;
    if (bytes.size() - i >= sizeof word) {
      std::memcpy(&word, bytes.data() + i, sizeof word);
      if ((word & 0x8080808080808080u) == 0) {
        i += sizeof word;
        continue;
      }
    }
    const std::size_t length = utf8_sequence_length(bytes.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::u32string code_points(std::string_view utf8) {
  std::u32string characters;
  characters.reserve(utf8.size());
  while (!utf8.empty()) {
    const std::size_t length = utf8_sequence_length(utf8);
    assert(length > 0);
    const std::uint8_t lead = byte_at(utf8, 0);
    // The bits behind the length: 7, 5, 4 or 3 of them (RFC 3629, section 3).
    char32_t character = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
      character = character << 6 | (byte_at(utf8, i) & 0x3fu);
    characters.push_back(character);
    utf8.remove_prefix(length);
  }
  return characters;
}

bool is_utf8(std::string_view bytes) { return find_invalid_utf8(bytes) == std::string_view::npos; }

std::string printable(std::string_view bytes, std::size_t limit) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence_length(bytes);
    const std::string_view sequence = bytes.substr(0, length == 0 ? 1 : length);
    const bool plain = length > 0 && !is_control(sequence);
    const std::string piece = plain ? std::string(sequence) : escaped(sequence);
    if (piece.size() > limit - text.size()) return text + "…";
    text += piece;
    bytes.remove_prefix(sequence.size());
  }
  return text;
}

}  // namespace sealift
