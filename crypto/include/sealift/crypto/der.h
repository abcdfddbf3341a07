#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::crypto {

// Tags of X.690, section 8.1.2, as they stand in DER.
inline constexpr std::uint8_t kDerBoolean = 0x01;
inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerNull = 0x05;
inline constexpr std::uint8_t kDerObjectIdentifier = 0x06;
inline constexpr std::uint8_t kDerUtf8String = 0x0c;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerSet = 0x31;

// One value in DER; the views are into the bytes that it was read from.
struct DerElement {
  std::uint8_t tag = 0;
  std::string_view content;
  std::string_view encoded;  // tag, length and content

  bool is_constructed() const { return (tag & 0x20) != 0; }
};

// Reads DER (X.690, section 10.1) one element after the other: definite lengths in their shortest
// form, tag numbers below 31. What does not hold to that is kInvalidInput.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  // True where the next element has this tag.
  bool has(std::uint8_t tag) const;
  Result<DerElement> next();
  Result<DerElement> next(std::uint8_t tag);

 private:
  std::string_view rest_;
};

// The one element of this tag that `der` consists of.
Result<DerElement> read_single_der(std::string_view der, std::uint8_t tag);

// True where `der` is one element, all the way down: each constructed one holds elements, at most
// 32 deep, and booleans, integers, bit strings, nulls and object identifiers have their only form.
bool is_der(std::string_view der);

std::string write_der(std::uint8_t tag, std::string_view content);
// An INTEGER that is not negative, from its bytes with the highest first.
std::string write_der_integer(std::string_view big_endian);

// The text of a DER UTF8String. kInvalidInput for anything else, and for text that is not UTF-8.
Result<std::string> read_der_utf8_string(std::string_view der);

}  // namespace sealift::crypto
