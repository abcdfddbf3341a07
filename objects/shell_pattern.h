#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::objects {

// A pattern as bash's ${NAME#pattern} has it: "*" any text, "?" one character, "[a-z]" and "[^a-z]"
// one of some, "\" takes the next character for itself. "*" takes "/" as well.
class ShellPattern {
 public:
  // Nullopt for a "[" that is never closed, an empty or reversed range, a "\" at the end, and text
  // that is no UTF-8.
  static std::optional<ShellPattern> parse(std::string_view text);

  // Steps that a match in a text of so many bytes may take.
  std::size_t cost(std::size_t text_bytes) const { return (text_bytes + 1) * (tokens_.size() + 1); }

  enum class Extent { kShortest, kLongest };
  // The text without what matches at its beginning or end; unchanged where nothing but the empty
  // text does. UTF-8.
  std::string without_prefix(std::string_view text, Extent extent) const;
  std::string without_suffix(std::string_view text, Extent extent) const;

 private:
  struct Token {
    enum class Kind { kText, kAnyText, kAnyCharacter, kClass };
    Kind kind = Kind::kText;
    char32_t character = 0;
    bool negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool takes(char32_t c) const;
  };
  static std::optional<Token> parse_class(const std::u32string& text, std::size_t& at);
  static std::size_t match(const std::vector<Token>& tokens, const std::u32string& text,
                           Extent extent);

  std::vector<Token> tokens_;
};

}  // namespace sealift::objects
