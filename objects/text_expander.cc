#include "text_expander.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "shell_pattern.h"

namespace sealift::objects {
namespace {

constexpr unsigned kMaxDepth = 16;
constexpr std::size_t kMaxUndefined = 20;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

// As Go's strconv.Atoi: a sign and digits, nothing else.
std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return value;
}

// Positions count bytes; a negative one and a negative length count from the end.
std::string_view cut(std::string_view value, std::int64_t position,
                     std::optional<std::int64_t> length) {
  const auto size = static_cast<std::int64_t>(value.size());
  if (position < 0) position = position < -size ? 0 : size + position;
  if (position >= size) return {};
  std::int64_t count = size - position;
  if (length) count = *length < 0 ? count + std::max(*length, -count) : std::min(count, *length);
  return value.substr(static_cast<std::size_t>(position), static_cast<std::size_t>(count));
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

Result<std::string> substitute_text(std::string_view text, const VariableValues& values,
                                    std::uint64_t max_bytes, std::set<std::string>& undefined) {
  return TextExpander(values, max_bytes, undefined).expand(text);
}

Result<std::string> TextExpander::expand(std::string_view text) {
  text_ = text;
  at_ = 0;
  unused_depth_ = 0;
  std::string out;
  while (at_ < text_.size()) {
    const auto dollar = std::min(text_.find('$', at_), text_.size());
    SEALIFT_TRY(append(out, text_.substr(at_, dollar - at_)));
    at_ = began_ = dollar;
    if (!take('$')) break;
    if (take('{')) {
      SEALIFT_TRY(expression(out, 0));
    } else {
      take('$');
      SEALIFT_TRY(append(out, "$"));
    }
  }
  return out;
}

Result<> TextExpander::append(std::string& out, std::string_view text) {
  if (text.size() > bytes_left_) {
    return fail(ErrorCode::kInvalidInput,
                "replacing its variables would give more text than one object may have");
  }
  bytes_left_ -= text.size();
  out += text;
  return {};
}

Result<> TextExpander::work(std::uint64_t steps) {
  if (steps > work_left_) {
    return fail(wrong("takes too much work: the texts or patterns are too long"));
  }
  work_left_ -= steps;
  return {};
}

Result<> TextExpander::expression(std::string& out, unsigned depth) {
  if (depth == kMaxDepth) {
    return fail(wrong("is nested deeper than " + std::to_string(kMaxDepth) + " levels"));
  }
  if (take('#')) {
    SEALIFT_ASSIGN(const auto text, length());
    return append(out, text);
  }
  const auto variable = name();
  if (variable.empty()) {
    return fail(wrong("names no variable; write \"$${\" for a \"${\" that is meant to stay"));
  }
  const auto operand = look_up(variable);
  const char next = at_ < text_.size() ? text_[at_] : '\0';
  const char after = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  const bool has_default =
      next == '=' || next == '-' ||
      (next == ':' && std::string_view("=-?+").find(after) != std::string_view::npos &&
       after != '\0');
  if (!has_default) note_undefined(operand, variable);
  Result<std::string> text;
  if (has_default) {
    text = by_default(operand, variable, depth);
  } else if (next == ':') {
    text = substring(operand, depth);
  } else if (next == ',' || next == '^') {
    text = casing(operand);
  } else if (next == '/') {
    text = replacement(operand, depth);
  } else if (next == '#' || next == '%') {
    text = removal(operand, depth);
  } else {
    text = std::string(operand.text());
  }
  if (!text) return fail(std::move(text).error());
  SEALIFT_TRY(close());
  return append(out, *text);
}

Result<std::string> TextExpander::length() {
  const auto variable = name();
  if (variable.empty()) return fail(wrong("names no variable"));
  const auto operand = look_up(variable);
  note_undefined(operand, variable);
  SEALIFT_TRY(close());
  return std::to_string(operand.text().size());
}

// ${NAME:=word} and ${NAME=word}, ${NAME:-word}: for an empty variable. ${NAME-word}: for a missing
// one. ${NAME:?message}: the variable must not be empty.
Result<std::string> TextExpander::by_default(Operand operand, std::string_view name,
                                             unsigned depth) {
  const bool colon = take(':');
  const char kind = text_[at_++];
  if (kind == '+') {
    return fail(wrong("has \":+\", which Flux and bash read as opposites; write \":-\""));
  }
  const bool for_missing_only = !colon && kind == '-';
  const bool needed = for_missing_only ? operand.value == nullptr : operand.text().empty();
  if (!needed) ++unused_depth_;
  SEALIFT_ASSIGN(auto otherwise, word("}", Escapes::kNone, depth));
  if (!needed) {
    --unused_depth_;
    return std::string(operand.text());
  }
  if (kind != '?' || unused_depth_ > 0) return otherwise;
  return fail(ErrorCode::kInvalidInput,
              "the variable " + printable(name, 100) + " is not set: " + printable(otherwise, 200));
}

// ${NAME:position} and ${NAME:position:length}; what is no number leaves the value whole.
Result<std::string> TextExpander::substring(Operand operand, unsigned depth) {
  take(':');
  SEALIFT_ASSIGN(const auto position, word(":}", Escapes::kNone, depth));
  if (position.empty()) return fail(wrong("has no position behind \":\""));
  std::optional<std::string> length;
  if (take(':')) {
    SEALIFT_ASSIGN(length, word("}", Escapes::kNone, depth));
  }
  const auto value = operand.text();
  const auto from = whole_number(position);
  const auto count = length ? whole_number(*length) : std::nullopt;
  if (!from || (length && !count)) return std::string(value);
  const auto part = cut(value, *from, count);
  if (!is_utf8(part)) return fail(wrong("cuts a character in two; positions count bytes"));
  return std::string(part);
}

// ${NAME^}, ${NAME^^}, ${NAME,} and ${NAME,,}, of ASCII letters.
Result<std::string> TextExpander::casing(Operand operand) {
  const char kind = text_[at_++];
  const bool all = take(kind);
  std::string value(operand.text());
  SEALIFT_TRY(work(value.size()));
  const auto end = all ? value.end() : value.begin() + (value.empty() ? 0 : 1);
  std::transform(value.begin(), end, value.begin(), kind == '^' ? upper : lower);
  return value;
}

// ${NAME/text/by}, ${NAME//text/by}, ${NAME/#text/by} and ${NAME/%text/by}. The text is no pattern.
Result<std::string> TextExpander::replacement(Operand operand, unsigned depth) {
  take('/');
  const char kind = sees('/') || sees('#') || sees('%') ? text_[at_++] : '\0';
  SEALIFT_ASSIGN(const auto text, word("/", Escapes::kSlashes, depth));
  take('/');
  SEALIFT_ASSIGN(const auto by, word("}", Escapes::kSlashes, depth));
  auto value = operand.text();
  SEALIFT_TRY(work((value.size() + 1) * (text.size() + 1)));
  std::string out;
  if (kind == '#' || kind == '%') {
    const bool fits = kind == '#' ? value.starts_with(text) : value.ends_with(text);
    if (!fits) return std::string(value);
    const auto rest =
        kind == '#' ? value.substr(text.size()) : value.substr(0, value.size() - text.size());
    SEALIFT_TRY(append(out, kind == '#' ? by : rest));
    SEALIFT_TRY(append(out, kind == '#' ? rest : std::string_view(by)));
    return out;
  }
  for (;;) {
    const auto found = text.empty() ? std::string_view::npos : value.find(text);
    SEALIFT_TRY(append(out, value.substr(0, found)));
    if (found == std::string_view::npos) return out;
    SEALIFT_TRY(append(out, by));
    value.remove_prefix(found + text.size());
    if (kind == '/') continue;
    SEALIFT_TRY(append(out, value));
    return out;
  }
}

// ${NAME#pattern}, ${NAME##pattern}, ${NAME%pattern} and ${NAME%%pattern}.
Result<std::string> TextExpander::removal(Operand operand, unsigned depth) {
  const char kind = text_[at_++];
  const auto extent = take(kind) ? ShellPattern::Extent::kLongest : ShellPattern::Extent::kShortest;
  SEALIFT_ASSIGN(const auto text, word("}", Escapes::kNone, depth));
  const auto value = operand.text();
  const auto pattern = ShellPattern::parse(text);
  if (!pattern) return std::string(value);
  SEALIFT_TRY(work(pattern->cost(value.size())));
  return kind == '#' ? pattern->without_prefix(value, extent)
                     : pattern->without_suffix(value, extent);
}

Result<std::string> TextExpander::word(std::string_view ends, Escapes escapes, unsigned depth) {
  std::string out;
  while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos) {
    const auto next = text_.substr(at_, 2);
    if (next == "${") {
      at_ += 2;
      SEALIFT_TRY(expression(out, depth + 1));
      continue;
    }
    const bool escaped =
        escapes == Escapes::kSlashes && (next == "\\/" || next == "\\\\" || next == "$$");
    if (escaped) ++at_;
    SEALIFT_TRY(append(out, text_.substr(at_, 1)));
    ++at_;
  }
  if (at_ == text_.size()) return fail(wrong("is never closed by \"}\""));
  return out;
}

std::string_view TextExpander::name() {
  const auto begin = at_;
  while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

TextExpander::Operand TextExpander::look_up(std::string_view name) const {
  const auto found = values_.find(name);
  return {found == values_.end() ? nullptr : &found->second};
}

void TextExpander::note_undefined(Operand operand, std::string_view name) {
  if (operand.value != nullptr || unused_depth_ > 0) return;
  if (undefined_.size() < kMaxUndefined) undefined_.insert(printable(name, 100));
}

bool TextExpander::take(char c) {
  if (!sees(c)) return false;
  ++at_;
  return true;
}

Result<> TextExpander::close() {
  if (take('}')) return {};
  if (at_ == text_.size()) return fail(wrong("is never closed by \"}\""));
  return fail(wrong("is no expression; write \"$${\" for a \"${\" that is meant to stay"));
}

Error TextExpander::wrong(const std::string& problem) const {
  return Error(ErrorCode::kInvalidInput,
               "\"" + printable(text_.substr(began_, 60), 60) + "\" " + problem);
}

}  // namespace sealift::objects
