#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/substitution.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace sealift::objects {

// Replaces variables in one text after the other, within a limit of bytes and of work over all of
// them.
class TextExpander {
 public:
  TextExpander(const VariableValues& values, std::uint64_t max_bytes,
               std::set<std::string>& undefined)
      : values_(values), bytes_left_(max_bytes), undefined_(undefined) {}

  // kInvalidInput, without a place in the message.
  Result<std::string> expand(std::string_view text);

 private:
  struct Operand {
    const std::string* value = nullptr;  // null: undefined
    std::string_view text() const { return value == nullptr ? std::string_view() : *value; }
  };
  enum class Escapes { kNone, kSlashes };

  Result<> append(std::string& out, std::string_view text);
  Result<> work(std::uint64_t steps);

  // Each stands behind "${" and ends behind "}".
  Result<> expression(std::string& out, unsigned depth);
  Result<std::string> length();
  Result<std::string> by_default(Operand operand, std::string_view name, unsigned depth);
  Result<std::string> substring(Operand operand, unsigned depth);
  Result<std::string> casing(Operand operand);
  Result<std::string> replacement(Operand operand, unsigned depth);
  Result<std::string> removal(Operand operand, unsigned depth);

  // Text up to one of `ends`, with the expressions in it replaced.
  Result<std::string> word(std::string_view ends, Escapes escapes, unsigned depth);
  std::string_view name();
  Operand look_up(std::string_view name) const;
  void note_undefined(Operand operand, std::string_view name);
  bool take(char c);
  bool sees(char c) const { return at_ < text_.size() && text_[at_] == c; }
  Result<> close();
  Error wrong(const std::string& problem) const;

  const VariableValues& values_;
  std::uint64_t bytes_left_;
  std::uint64_t work_left_ = 64u << 20;
  std::set<std::string>& undefined_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t began_ = 0;      // of the outermost expression, for messages
  unsigned unused_depth_ = 0;  // inside a default that is not needed
};

}  // namespace sealift::objects
