#pragma once

#include <sealift/objects/label_selector.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sealift::objects {

// The number of a "<" or ">": Go's strconv.ParseInt, digits with at most one sign in front.
std::optional<std::int64_t> parse_label_integer(std::string_view text);

// One pass over the text of a label selector. A word is whatever stands between blanks and the
// signs "=", "==", "!=", "!", "(", ")", ",", "<" and ">", of which the longest counts. "in" and
// "notin" are operators only where an operator is expected, so a key or a value may be named so.
class LabelSelectorParser {
 public:
  explicit LabelSelectorParser(std::string_view text) : text_(text) {}

  Result<std::vector<LabelSelector::Requirement>> parse();

 private:
  enum class Kind { kEnd, kWord, kSign };
  struct Token {
    Kind kind = Kind::kEnd;
    std::string_view text;
    std::size_t offset = 0;
    bool is(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
  };

  void advance();
  Result<LabelSelector::Requirement> requirement();
  Result<> comparison(LabelSelector::Requirement& wanted);
  Result<> exact_value(LabelSelector::Requirement& wanted);
  Result<> bound(LabelSelector::Requirement& wanted);
  Result<> value_set(LabelSelector::Requirement& wanted);
  Result<std::string> value();
  Error expected(std::string_view what) const;
  Error error_at(const Token& token, std::string_view message) const;

  std::string_view text_;
  std::size_t next_ = 0;
  Token token_;
};

}  // namespace sealift::objects
