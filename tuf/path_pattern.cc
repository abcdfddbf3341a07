#include "path_pattern.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sealift::tuf {
namespace {

// The characters of a text that is known to be UTF-8, as JSON is.
std::u32string characters(std::string_view text) {
  std::u32string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80 && !result.empty()) {
      result.back() = result.back() << 6 | (byte & 0x3fu);
    } else {
      const unsigned mask = byte < 0x80 ? 0x7f : byte < 0xe0 ? 0x1f : byte < 0xf0 ? 0x0f : 0x07;
      result.push_back(byte & mask);
    }
  }
  return result;
}

struct Token {
  enum class Kind { kAnyText, kSet } kind = Kind::kSet;
  bool negated = false;
  std::vector<std::pair<char32_t, char32_t>> ranges;  // inclusive

  bool takes(char32_t c) const {
    if (c == U'/') return ranges.size() == 1 && ranges[0].first == U'/' && !negated;
    const bool within = std::any_of(ranges.begin(), ranges.end(), [c](const auto& range) {
      return range.first <= c && c <= range.second;
    });
    return within != negated;
  }
};

// The set that begins behind "[" at `at`; moves `at` behind "]". Without a "]" in the same segment
// there is no set, and "[" stands for itself.
bool read_set(const std::u32string& pattern, std::size_t& at, Token& token) {
  std::size_t i = at;
  const bool negated = i < pattern.size() && pattern[i] == U'!';
  if (negated) ++i;
  std::size_t end = i + 1;  // a "]" in first place belongs to the set
  while (end < pattern.size() && pattern[end] != U']') ++end;
  if (end >= pattern.size()) return false;
  if (std::find(pattern.begin() + static_cast<std::ptrdiff_t>(i),
                pattern.begin() + static_cast<std::ptrdiff_t>(end),
                U'/') != pattern.begin() + static_cast<std::ptrdiff_t>(end)) {
    return false;
  }
  token.negated = negated;
  while (i < end) {
    const bool range = i + 2 < end && pattern[i + 1] == U'-';
    token.ranges.emplace_back(pattern[i], pattern[range ? i + 2 : i]);
    i += range ? 3 : 1;
  }
  at = end + 1;
  return true;
}

std::vector<Token> read_pattern(const std::u32string& pattern) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < pattern.size();) {
    const char32_t c = pattern[at++];
    Token token;
    if (c == U'*') {
      token.kind = Token::Kind::kAnyText;
    } else if (c == U'?') {
      token.negated = true;
    } else if (c != U'[' || !read_set(pattern, at, token)) {
      token.ranges.emplace_back(c, c);
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

bool matches_path_pattern(std::string_view pattern, std::string_view path) {
  const auto tokens = read_pattern(characters(pattern));
  const auto text = characters(path);
  std::size_t token = 0;
  std::size_t at = 0;
  std::size_t star = std::string::npos;  // the token behind the last "*"
  std::size_t star_end = 0;              // how far that "*" reaches
  while (at < text.size() || token < tokens.size()) {
    if (token < tokens.size() && tokens[token].kind == Token::Kind::kAnyText) {
      star = ++token;
      star_end = at;
    } else if (token < tokens.size() && at < text.size() && tokens[token].takes(text[at])) {
      ++token;
      ++at;
    } else if (star != std::string::npos && star_end < text.size() && text[star_end] != U'/') {
      token = star;
      at = ++star_end;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace sealift::tuf
