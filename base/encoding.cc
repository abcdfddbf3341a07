#include <sealift/base/encoding.h>

#include <array>
#include <cstdint>

namespace sealift {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kNoDigit;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr auto kBase64Values = reverse(kBase64Alphabet);

constexpr std::array<std::uint8_t, 256> hex_values() {
  auto table = reverse(kHexDigits);
  for (std::uint8_t i = 0; i < 6; ++i) {
    table[static_cast<std::size_t>('A') + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}

constexpr auto kHexValues = hex_values();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

}  // namespace

std::string hex_encode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += kHexDigits[byte_at(bytes, i) >> 4];
    text += kHexDigits[byte_at(bytes, i) & 15];
  }
  return text;
}

Result<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return fail(ErrorCode::kInvalidInput, "hex text has an odd number of digits");
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::uint8_t high = kHexValues[byte_at(text, i)];
    const std::uint8_t low = kHexValues[byte_at(text, i + 1)];
    if (high == kNoDigit || low == kNoDigit) {
      return fail(ErrorCode::kInvalidInput,
                  "hex text has another character than 0-9 and a-f at byte " + std::to_string(i));
    }
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    text += kBase64Alphabet[group >> 18];
    text += kBase64Alphabet[group >> 12 & 63];
    text += kBase64Alphabet[group >> 6 & 63];
    text += kBase64Alphabet[group & 63];
  }
  const std::size_t left = bytes.size() - i;
  if (left == 0) return text;
  const std::uint32_t group =
      byte_at(bytes, i) << 16 | (left == 2 ? byte_at(bytes, i + 1) << 8 : 0);
  text += kBase64Alphabet[group >> 18];
  text += kBase64Alphabet[group >> 12 & 63];
  text += left == 2 ? kBase64Alphabet[group >> 6 & 63] : '=';
  text += '=';
  return text;
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return fail(ErrorCode::kInvalidInput,
                "base64 text must come in groups of four characters, padded with \"=\"");
  }
  std::size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const std::uint8_t value = kBase64Values[byte_at(text, i)];
    if (value == kNoDigit) {
      return fail(ErrorCode::kInvalidInput,
                  "base64 text has a character outside its alphabet at byte " + std::to_string(i));
    }
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xff);
    }
  }
  // RFC 4648, section 3.5: pad bits must be zero, otherwise two texts stand for the same bytes.
  if ((group & ((1u << bits) - 1)) != 0) {
    return fail(ErrorCode::kInvalidInput, "base64 text has bits left over at its end");
  }
  return bytes;
}

}  // namespace sealift
