#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

inline constexpr std::size_t kMaxPointerBytes = 512;
inline constexpr std::size_t kMaxPointerTokens = 32;

// Names one value in a JSON document (RFC 6901): "/buildDefinition/resolvedDependencies/0/uri".
class JsonPointer {
 public:
  // "" is the whole document. kInvalidInput: text that does not begin with "/", a "~" that is
  // neither "~0" nor "~1", a limit from above.
  static Result<JsonPointer> parse(std::string_view text);

  // Null where the document has no such value. An index is decimal without leading zeros; "-" names
  // no element.
  const Json* find(const Json& document) const;

  const std::string& text() const { return text_; }
  // Names and indices from the document downwards, without escapes.
  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  JsonPointer(std::string text, std::vector<std::string> tokens)
      : text_(std::move(text)), tokens_(std::move(tokens)) {}
  std::string text_;
  std::vector<std::string> tokens_;
};

}  // namespace sealift
