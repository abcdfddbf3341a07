#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>

#include <algorithm>
#include <optional>

namespace sealift::crypto {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxLengthBytes = 4;
constexpr std::uint8_t kTagNumber = 0x1f;
constexpr std::uint8_t kTagClass = 0xc0;
constexpr std::uint8_t kConstructed = 0x20;
constexpr std::uint8_t kEndOfContents = 0x00;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

tl::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, "is not DER: " + std::string(why));
}

// The content's length and how many bytes tell it, tag included.
struct Header {
  std::size_t size = 0;
  std::size_t length = 0;
};

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < 2 || (byte_at(bytes, 0) & kTagNumber) == kTagNumber) return std::nullopt;
  const std::uint8_t first = byte_at(bytes, 1);
  if (first < 0x80) return Header{2, first};
  const std::size_t count = first & 0x7fu;
  if (count == 0 || count > kMaxLengthBytes || bytes.size() < 2 + count) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | byte_at(bytes, 2 + i);
  const bool shortest = length >= 0x80 && byte_at(bytes, 2) != 0;
  if (!shortest) return std::nullopt;
  return Header{2 + count, length};
}

bool is_integer(std::string_view content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const bool padded_positive = byte_at(content, 0) == 0 && byte_at(content, 1) < 0x80;
  const bool padded_negative = byte_at(content, 0) == 0xff && byte_at(content, 1) >= 0x80;
  return !padded_positive && !padded_negative;
}

bool is_bit_string(std::string_view content) {
  if (content.empty()) return false;
  const std::uint8_t unused = byte_at(content, 0);
  if (content.size() == 1) return unused == 0;
  return unused < 8 && (byte_at(content, content.size() - 1) & ((1u << unused) - 1)) == 0;
}

// Groups of seven bits, the last one without the high bit, none that begins with zeros.
bool is_object_identifier(std::string_view content) {
  if (content.empty() || byte_at(content, content.size() - 1) >= 0x80) return false;
  bool begins = true;
  return std::all_of(content.begin(), content.end(), [&](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool good = !begins || byte != 0x80;
    begins = byte < 0x80;
    return good;
  });
}

bool is_primitive(const DerElement& element) {
  switch (element.tag) {
    case kDerBoolean:
      return element.content == std::string_view("\x00", 1) || element.content == "\xff";
    case kDerInteger:
      return is_integer(element.content);
    case kDerBitString:
      return is_bit_string(element.content);
    case kDerNull:
      return element.content.empty();
    case kDerObjectIdentifier:
      return is_object_identifier(element.content);
    case kDerSequence & ~kConstructed:
    case kDerSet & ~kConstructed:
      return false;
    default:
      return element.tag != kEndOfContents;
  }
}

bool are_elements(std::string_view bytes, int depth) {
  DerReader reader(bytes);
  while (!reader.empty()) {
    const auto element = reader.next();
    if (!element) return false;
    if (!element->is_constructed()) {
      if (!is_primitive(*element)) return false;
      continue;
    }
    // A string in pieces is BER.
    const bool universal = (element->tag & kTagClass) == 0;
    if (universal && element->tag != kDerSequence && element->tag != kDerSet) return false;
    if (depth == kMaxDepth || !are_elements(element->content, depth + 1)) return false;
  }
  return true;
}

}  // namespace

bool DerReader::has(std::uint8_t tag) const { return !rest_.empty() && byte_at(rest_, 0) == tag; }

Result<DerElement> DerReader::next() {
  const auto header = read_header(rest_);
  if (!header) return broken("a tag or a length is not in its shortest form");
  if (header->length > rest_.size() - header->size) return broken("it ends too early");
  const DerElement element{byte_at(rest_, 0), rest_.substr(header->size, header->length),
                           rest_.substr(0, header->size + header->length)};
  rest_.remove_prefix(element.encoded.size());
  return element;
}

Result<DerElement> DerReader::next(std::uint8_t tag) {
  if (!has(tag)) return broken("another element is expected");
  return next();
}

Result<DerElement> read_single_der(std::string_view der, std::uint8_t tag) {
  DerReader reader(der);
  SEALIFT_ASSIGN(const auto element, reader.next(tag));
  if (!reader.empty()) return broken("bytes follow its end");
  return element;
}

bool is_der(std::string_view der) {
  DerReader reader(der);
  const auto element = reader.next();
  return element && reader.empty() && are_elements(der, 0);
}

std::string write_der(std::uint8_t tag, std::string_view content) {
  std::string length;
  for (std::size_t rest = content.size(); rest != 0; rest >>= 8) {
    length.insert(length.begin(), static_cast<char>(rest & 0xff));
  }
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out.push_back(static_cast<char>(content.size()));
  } else {
    out.push_back(static_cast<char>(0x80 | length.size()));
    out.append(length);
  }
  return out.append(content);
}

std::string write_der_integer(std::string_view big_endian) {
  big_endian.remove_prefix(std::min(big_endian.find_first_not_of('\0'), big_endian.size()));
  std::string digits(big_endian);
  if (digits.empty() || static_cast<unsigned char>(digits.front()) >= 0x80) {
    digits.insert(digits.begin(), '\0');
  }
  return write_der(kDerInteger, digits);
}

Result<std::string> read_der_utf8_string(std::string_view der) {
  SEALIFT_ASSIGN(const auto element, read_single_der(der, kDerUtf8String));
  if (!is_utf8(element.content)) return broken("a UTF8String holds bytes that are not UTF-8");
  return std::string(element.content);
}

}  // namespace sealift::crypto
