#include <sealift/base/regular_expression.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// An expression, a NUL, a text. Brackets around the whole must not change what it matches.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sealift::RegularExpression;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern = input.substr(0, input.find('\0'));
  const std::string_view text = input.substr(std::min(size, pattern.size() + 1));
  const auto expression = RegularExpression::compile(pattern);
  if (!expression) return 0;
  const bool matches = expression->matches(text);
  const auto anchored = RegularExpression::compile("^(?:" + std::string(pattern) + ")$");
  if (anchored && anchored->matches(text) != matches) std::abort();
  return 0;
}
