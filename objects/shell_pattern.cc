#include "shell_pattern.h"

#include <sealift/base/encoding.h>

#include <algorithm>

namespace sealift::objects {
namespace {

std::u32string to_characters(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7fu >> size);
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k) {
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    }
    characters += point;
    i += size;
  }
  return characters;
}

// How many bytes the first so many characters of a text have.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t i = 0;
  while (i < text.size() && characters > 0) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0u) == 0x80u) ++i;
    --characters;
  }
  return i;
}

}  // namespace

bool ShellPattern::Token::takes(char32_t c) const {
  switch (kind) {
    case Kind::kText:
      return c == character;
    case Kind::kAnyText:
    case Kind::kAnyCharacter:
      return true;
    case Kind::kClass:
      break;
  }
  return negated != std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
           return c >= range.first && c <= range.second;
         });
}

// `at` stands behind the "[", and behind the "]" afterwards.
std::optional<ShellPattern::Token> ShellPattern::parse_class(const std::u32string& text,
                                                             std::size_t& at) {
  Token token{.kind = Token::Kind::kClass, .character = 0, .negated = false, .ranges = {}};
  if (at < text.size() && text[at] == U'^') {
    token.negated = true;
    ++at;
  }
  const auto character = [&]() -> std::optional<char32_t> {
    if (at < text.size() && text[at] == U'\\') ++at;
    if (at >= text.size()) return std::nullopt;
    return text[at++];
  };
  while (at < text.size() && (text[at] != U']' || token.ranges.empty())) {
    if (text[at] == U']') return std::nullopt;
    const auto first = character();
    auto last = first;
    if (at + 1 < text.size() && text[at] == U'-' && text[at + 1] != U']') {
      ++at;
      last = character();
    }
    if (!first || !last || *last < *first) return std::nullopt;
    token.ranges.emplace_back(*first, *last);
  }
  if (at >= text.size()) return std::nullopt;
  ++at;
  return token;
}

std::optional<ShellPattern> ShellPattern::parse(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  const auto characters = to_characters(text);
  ShellPattern pattern;
  for (std::size_t at = 0; at < characters.size();) {
    Token token;
    const char32_t c = characters[at++];
    if (c == U'*') {
      token.kind = Token::Kind::kAnyText;
    } else if (c == U'?') {
      token.kind = Token::Kind::kAnyCharacter;
    } else if (c == U'[') {
      auto parsed = parse_class(characters, at);
      if (!parsed) return std::nullopt;
      token = *std::move(parsed);
    } else if (c == U'\\') {
      if (at == characters.size()) return std::nullopt;
      token.character = characters[at++];
    } else {
      token.character = c;
    }
    pattern.tokens_.push_back(std::move(token));
  }
  return pattern;
}

// How many characters at the beginning match. All states of the pattern are followed at once, so
// that no pattern takes more than cost() steps.
std::size_t ShellPattern::match(const std::vector<Token>& tokens, const std::u32string& text,
                                Extent extent) {
  std::vector<bool> reached(tokens.size() + 1, false);
  const auto reach = [&](std::vector<bool>& states, std::size_t state) {
    states[state] = true;
    while (state < tokens.size() && tokens[state].kind == Token::Kind::kAnyText) {
      states[++state] = true;
    }
  };
  reach(reached, 0);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::vector<bool> next(tokens.size() + 1, false);
    for (std::size_t state = 0; state < tokens.size(); ++state) {
      if (!reached[state] || !tokens[state].takes(text[i])) continue;
      reach(next, tokens[state].kind == Token::Kind::kAnyText ? state : state + 1);
    }
    reached = std::move(next);
    if (!reached.back()) continue;
    longest = i + 1;
    if (extent == Extent::kShortest) break;
  }
  return longest;
}

std::string ShellPattern::without_prefix(std::string_view text, Extent extent) const {
  const auto matched = match(tokens_, to_characters(text), extent);
  return std::string(text.substr(bytes_of(text, matched)));
}

std::string ShellPattern::without_suffix(std::string_view text, Extent extent) const {
  auto characters = to_characters(text);
  const auto count = characters.size();
  std::reverse(characters.begin(), characters.end());
  auto tokens = tokens_;
  std::reverse(tokens.begin(), tokens.end());
  const auto matched = match(tokens, characters, extent);
  return std::string(text.substr(0, bytes_of(text, count - matched)));
}

}  // namespace sealift::objects
