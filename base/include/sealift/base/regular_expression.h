#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sealift {

inline constexpr std::size_t kMaxExpressionBytes = 1024;
inline constexpr std::size_t kMaxExpressionDepth = 32;
// After repetitions are written out.
inline constexpr std::size_t kMaxExpressionSteps = 4096;
// Longer text matches nothing.
inline constexpr std::size_t kMaxMatchedBytes = 8u << 10;

// A regular expression in the syntax that RE2 and Go have in common with most others:
//
//   x  .  [a-z]  [^a-z]  \d \w \s \D \W \S  \n \t \x41 \x{e9}  \.  ^  $  \A  \z
//   (…)  (?:…)  a|b  a*  a+  a?  a{2}  a{2,}  a{2,5}    (also lazy: a*?)
//
// with RE2's meaning: characters are code points, "." is all but a line feed, "$" is the end of the
// text. What is not listed (flags, names of groups, \b, \pL, [[:alpha:]], back references) is
// refused and never taken for something else. Matching takes at most
// kMaxExpressionSteps × |text| steps, whatever the expression.
class RegularExpression {
 public:
  // kInvalidInput, with the place in the expression: a syntax error, an unknown construct, a limit
  // from above.
  static Result<RegularExpression> compile(std::string_view pattern);

  // Whether the whole text fits. An expression that is not anchored is as one that is: "a" does not
  // match "abc". Text that is not UTF-8 fits nothing.
  bool matches(std::string_view text) const;

  const std::string& pattern() const { return pattern_; }

 private:
  struct Program;
  RegularExpression(std::string pattern, std::shared_ptr<const Program> program)
      : pattern_(std::move(pattern)), program_(std::move(program)) {}
  std::string pattern_;
  std::shared_ptr<const Program> program_;
};

}  // namespace sealift
