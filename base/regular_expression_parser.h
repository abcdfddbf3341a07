#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

// Ranges of code points, both ends included, in order and apart.
using CharacterSet = std::vector<std::pair<char32_t, char32_t>>;

bool contains(const CharacterSet& set, char32_t character);

// A regular expression as a tree.
struct ExpressionNode {
  enum class Kind { kEmpty, kCharacter, kBegin, kEnd, kConcatenation, kAlternatives, kRepetition };
  Kind kind = Kind::kEmpty;
  CharacterSet set = {};                      // kCharacter
  std::vector<ExpressionNode> children = {};  // the last three kinds
  std::uint32_t min = 0;                      // kRepetition
  std::optional<std::uint32_t> max = std::nullopt;
};

// The syntax that regular_expression.h lists. kInvalidInput with the place.
Result<ExpressionNode> parse_expression(std::string_view pattern);

}  // namespace sealift
