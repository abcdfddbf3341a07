#include "regular_expression_parser.h"

#include <sealift/base/encoding.h>
#include <sealift/base/regular_expression.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "utf8.h"

namespace sealift {
namespace {

using Kind = ExpressionNode::Kind;

constexpr char32_t kLastCharacter = 0x10ffff;
constexpr std::uint32_t kMaxRepetitions = 1000;  // as in RE2

CharacterSet ordered(CharacterSet set) {
  std::sort(set.begin(), set.end());
  CharacterSet joined;
  for (const auto& [first, last] : set) {
    if (!joined.empty() && first <= joined.back().second + 1) {
      joined.back().second = std::max(joined.back().second, last);
    } else {
      joined.emplace_back(first, last);
    }
  }
  return joined;
}

CharacterSet all_but(const CharacterSet& set) {
  CharacterSet rest;
  char32_t next = 0;
  for (const auto& [first, last] : ordered(set)) {
    if (first > next) rest.emplace_back(next, first - 1);
    next = last + 1;
  }
  if (next <= kLastCharacter) rest.emplace_back(next, kLastCharacter);
  return rest;
}

// Perl's classes, which are ASCII in RE2: \d, \w, \s and what is not in them.
std::optional<CharacterSet> named_set(char32_t name) {
  switch (name) {
    case 'd':
      return CharacterSet{{'0', '9'}};
    case 'w':
      return CharacterSet{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    case 's':
      return CharacterSet{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    case 'D':
    case 'W':
    case 'S':
      return all_but(*named_set(name - 'A' + 'a'));
    default:
      return std::nullopt;
  }
}

std::optional<char32_t> control_character(char32_t name) {
  switch (name) {
    case 'a':
      return U'\a';
    case 'f':
      return U'\f';
    case 'n':
      return U'\n';
    case 'r':
      return U'\r';
    case 't':
      return U'\t';
    case 'v':
      return U'\v';
    default:
      return std::nullopt;
  }
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

bool is_punctuation(char32_t c) {
  return c >= ' ' && c < 0x7f && !is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z');
}

std::optional<std::uint32_t> hexadecimal(char32_t c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

ExpressionNode character_node(CharacterSet set) {
  return {.kind = Kind::kCharacter, .set = std::move(set)};
}

class Parser {
 public:
  explicit Parser(std::string_view pattern)
      : pattern_(pattern), characters_(code_points(pattern)) {}

  Result<ExpressionNode> parse() {
    SEALIFT_ASSIGN(auto node, alternatives());
    if (!at_end()) return fail(error("has a \")\" without its \"(\""));
    return node;
  }

 private:
  bool at_end() const { return position_ == characters_.size(); }
  bool at(char32_t c) const { return !at_end() && characters_[position_] == c; }
  bool take(char32_t c) {
    if (!at(c)) return false;
    ++position_;
    return true;
  }
  char32_t take_any() { return characters_[position_++]; }

  Error error(std::string_view what) const {
    return Error(ErrorCode::kInvalidInput, "the regular expression \"" + printable(pattern_) +
                                               "\" " + std::string(what) + ", at character " +
                                               std::to_string(position_ + 1));
  }

  Result<ExpressionNode> alternatives() {
    if (depth_ == kMaxExpressionDepth) {
      return fail(error("has brackets more than " + std::to_string(kMaxExpressionDepth) + " deep"));
    }
    ++depth_;
    ExpressionNode node{.kind = Kind::kAlternatives};
    do {
      SEALIFT_ASSIGN(auto branch, concatenation());
      node.children.push_back(std::move(branch));
    } while (take('|'));
    --depth_;
    return node;
  }

  Result<ExpressionNode> concatenation() {
    ExpressionNode node{.kind = Kind::kConcatenation};
    while (!at_end() && !at('|') && !at(')')) {
      SEALIFT_ASSIGN(auto piece, repeated());
      node.children.push_back(std::move(piece));
    }
    return node;
  }

  Result<ExpressionNode> repeated() {
    SEALIFT_ASSIGN(auto node, atom());
    if (!at('*') && !at('+') && !at('?') && !at('{')) return node;
    ExpressionNode repetition{.kind = Kind::kRepetition};
    switch (take_any()) {
      case '*':
        break;
      case '+':
        repetition.min = 1;
        break;
      case '?':
        repetition.max = 1;
        break;
      default:
        SEALIFT_TRY(count(repetition));
    }
    take('?');  // lazy: for the whole text it is the same
    if (at('*') || at('+') || at('?') || at('{')) return fail(error("repeats a repetition"));
    repetition.children.push_back(std::move(node));
    return repetition;
  }

  // What follows "{".
  Result<> count(ExpressionNode& repetition) {
    SEALIFT_ASSIGN(repetition.min, number());
    repetition.max = repetition.min;
    if (take(',')) {
      repetition.max = std::nullopt;
      if (!at('}')) {
        SEALIFT_ASSIGN(repetition.max, number());
      }
    }
    if (!take('}'))
      return fail(error("has a \"{\" that counts nothing; write \\{ for the character"));
    if (repetition.max && *repetition.max < repetition.min) {
      return fail(error("repeats at least more often than at most"));
    }
    return {};
  }

  Result<std::uint32_t> number() {
    std::uint32_t value = 0;
    if (at_end() || !is_digit(characters_[position_])) {
      return fail(error("has a \"{\" that counts nothing; write \\{ for the character"));
    }
    while (!at_end() && is_digit(characters_[position_])) {
      value = value * 10 + (take_any() - '0');
      if (value > kMaxRepetitions) {
        return fail(error("repeats more than " + std::to_string(kMaxRepetitions) + " times"));
      }
    }
    return value;
  }

  Result<ExpressionNode> atom() {
    switch (const char32_t c = take_any()) {
      case '(':
        return group();
      case '[':
        return bracket();
      case '\\':
        return escape();
      case '.':
        return character_node(all_but({{'\n', '\n'}}));
      case '^':
        return ExpressionNode{.kind = Kind::kBegin};
      case '$':
        return ExpressionNode{.kind = Kind::kEnd};
      case '*':
      case '+':
      case '?':
      case '{':
        --position_;
        return fail(error("repeats nothing"));
      default:
        return character_node({{c, c}});
    }
  }

  // What follows "(".
  Result<ExpressionNode> group() {
    if (take('?') && !take(':')) {
      return fail(
          error("has flags, a name or a look-around after \"(?\", which are not supported"));
    }
    SEALIFT_ASSIGN(auto node, alternatives());
    if (!take(')')) return fail(error("has a \"(\" without its \")\""));
    return node;
  }

  // What follows "\", outside of brackets.
  Result<ExpressionNode> escape() {
    if (take('A')) return ExpressionNode{.kind = Kind::kBegin};
    if (take('z')) return ExpressionNode{.kind = Kind::kEnd};
    if (!at_end()) {
      if (auto set = named_set(characters_[position_])) {
        ++position_;
        return character_node(std::move(*set));
      }
    }
    SEALIFT_ASSIGN(const auto c, escaped_character());
    return character_node({{c, c}});
  }

  // What follows "\" where it stands for one character.
  Result<char32_t> escaped_character() {
    if (at_end()) return fail(error("ends with \"\\\""));
    const char32_t c = take_any();
    if (is_punctuation(c)) return c;
    if (const auto control = control_character(c)) return *control;
    if (c == 'x') return hexadecimal_character();
    --position_;
    return fail(error("has an escape that is not supported"));
  }

  // What follows "\x": two digits, or some in braces.
  Result<char32_t> hexadecimal_character() {
    const bool braces = take('{');
    std::size_t digits = 0;
    char32_t value = 0;
    while (!at_end() && value <= kLastCharacter && (braces || digits < 2)) {
      const auto digit = hexadecimal(characters_[position_]);
      if (!digit) break;
      value = value * 16 + *digit;
      ++digits;
      ++position_;
    }
    const bool complete = braces ? digits > 0 && take('}') : digits == 2;
    if (!complete || value > kLastCharacter) return fail(error("has a broken \"\\x\""));
    return value;
  }

  // What follows "[".
  Result<ExpressionNode> bracket() {
    const bool negated = take('^');
    CharacterSet set;
    bool first = true;
    while (first || !at(']')) {
      first = false;
      if (at_end()) return fail(error("has a \"[\" without its \"]\""));
      SEALIFT_TRY(bracket_item(set));
    }
    ++position_;
    return character_node(negated ? all_but(set) : ordered(std::move(set)));
  }

  // One character, a range of them, or a class.
  Result<> bracket_item(CharacterSet& set) {
    if (at('[') && position_ + 1 < characters_.size() && characters_[position_ + 1] == ':') {
      return fail(error("has a class \"[:…:]\", which is not supported"));
    }
    if (at('\\') && position_ + 1 < characters_.size()) {
      if (const auto named = named_set(characters_[position_ + 1])) {
        position_ += 2;
        set.insert(set.end(), named->begin(), named->end());
        // Nobody agrees on what [\d-x] is.
        if (at('-') && !followed_by_end()) return fail(error("has a range from a class"));
        return {};
      }
    }
    SEALIFT_ASSIGN(const auto low, bracket_character());
    char32_t high = low;
    if (at('-') && !followed_by_end()) {
      ++position_;
      SEALIFT_ASSIGN(high, bracket_character());
    }
    if (high < low) return fail(error("has a range that ends before it begins"));
    set.emplace_back(low, high);
    return {};
  }

  bool followed_by_end() const {
    return position_ + 1 >= characters_.size() || characters_[position_ + 1] == ']';
  }

  Result<char32_t> bracket_character() {
    if (at_end()) return fail(error("has a \"[\" without its \"]\""));
    const char32_t c = take_any();
    return c == '\\' ? escaped_character() : Result<char32_t>(c);
  }

  std::string_view pattern_;
  std::u32string characters_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

bool contains(const CharacterSet& set, char32_t character) {
  const auto above =
      std::upper_bound(set.begin(), set.end(), character,
                       [](char32_t value, const auto& range) { return value < range.first; });
  return above != set.begin() && character <= std::prev(above)->second;
}

Result<ExpressionNode> parse_expression(std::string_view pattern) {
  if (pattern.size() > kMaxExpressionBytes) {
    return fail(ErrorCode::kInvalidInput, "a regular expression is longer than " +
                                              std::to_string(kMaxExpressionBytes) +
                                              " bytes, the limit: " + printable(pattern, 60));
  }
  if (!is_utf8(pattern)) {
    return fail(ErrorCode::kInvalidInput,
                "the regular expression \"" + printable(pattern) + "\" is not UTF-8");
  }
  return Parser(pattern).parse();
}

}  // namespace sealift
