#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sealift::commits {

// Reads SSH's wire format (RFC 4251, section 5). After the first thing that is not there nothing
// is any more, so that a caller may ask once, at the end.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return good_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view bytes(std::size_t count) {
    if (!good_ || rest_.size() < count) {
      good_ = false;
      return {};
    }
    const auto found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : bytes(width)) value = (value << 8) | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view string() { return bytes(number(4)); }
  // An mpint that is not negative, without zeros in front; in its only form.
  std::string_view unsigned_number() {
    auto digits = string();
    const auto is_high = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (!digits.empty() && is_high(digits.front())) good_ = false;
    if (!digits.empty() && digits.front() == '\0') {
      digits.remove_prefix(1);
      if (digits.empty() || !is_high(digits.front())) good_ = false;
    }
    return good_ ? digits : std::string_view();
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace sealift::commits
