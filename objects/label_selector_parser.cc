#include "label_selector_parser.h"

#include <sealift/objects/names.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace sealift::objects {
namespace {

using Operator = LabelSelector::Requirement::Operator;

constexpr std::size_t kMaxBytes = 64u << 10;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kSigns = "=!(),<>";

}  // namespace

std::optional<std::int64_t> parse_label_integer(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void LabelSelectorParser::advance() {
  next_ = std::min(text_.find_first_not_of(kBlanks, next_), text_.size());
  const auto rest = text_.substr(next_);
  token_ = {Kind::kEnd, rest.substr(0, 0), next_};
  if (rest.empty()) return;
  if (kSigns.find(rest.front()) != std::string_view::npos) {
    const bool is_double = rest.starts_with("==") || rest.starts_with("!=");
    token_.kind = Kind::kSign;
    token_.text = rest.substr(0, is_double ? 2 : 1);
  } else {
    token_.kind = Kind::kWord;
    token_.text = rest.substr(0, rest.find_first_of(std::string(kBlanks) + std::string(kSigns)));
  }
  next_ += token_.text.size();
}

Error LabelSelectorParser::error_at(const Token& token, std::string_view message) const {
  return Error(ErrorCode::kInvalidInput, "the label selector is invalid at column " +
                                             std::to_string(token.offset + 1) + ": " +
                                             std::string(message));
}

Error LabelSelectorParser::expected(std::string_view what) const {
  const auto found =
      token_.kind == Kind::kEnd ? std::string("the end") : "\"" + std::string(token_.text) + "\"";
  return error_at(token_, "found " + found + ", expected " + std::string(what));
}

Result<std::vector<LabelSelector::Requirement>> LabelSelectorParser::parse() {
  if (text_.size() > kMaxBytes) {
    return fail(ErrorCode::kInvalidInput, "a label selector is longer than 64 KiB");
  }
  std::vector<LabelSelector::Requirement> out;
  advance();
  if (token_.kind == Kind::kEnd) return out;
  for (;;) {
    SEALIFT_ASSIGN(auto wanted, requirement());
    out.push_back(std::move(wanted));
    if (token_.kind == Kind::kEnd) return out;
    if (!token_.is(",")) return fail(expected("\",\" or the end"));
    advance();
  }
}

Result<LabelSelector::Requirement> LabelSelectorParser::requirement() {
  const bool is_negated = token_.is("!");
  if (is_negated) advance();
  if (token_.kind != Kind::kWord) return fail(expected("the key of a label"));
  if (const auto problem = qualified_name_problem(token_.text); !problem.empty()) {
    return fail(
        error_at(token_, "the key " + std::string(token_.text) + " " + std::string(problem)));
  }
  LabelSelector::Requirement wanted;
  wanted.key = token_.text;
  wanted.compare = is_negated ? Operator::kAbsent : Operator::kExists;
  advance();
  // After "!key" only the next requirement can follow, which the caller checks.
  if (is_negated || token_.kind == Kind::kEnd || token_.is(",")) return wanted;
  SEALIFT_TRY(comparison(wanted));
  return wanted;
}

Result<> LabelSelectorParser::comparison(LabelSelector::Requirement& wanted) {
  const auto sign = token_;
  const bool is_word = sign.kind == Kind::kWord;
  const bool is_in = is_word && sign.text == "in";
  const bool is_notin = is_word && sign.text == "notin";
  if (is_in || is_notin) {
    wanted.compare = is_in ? Operator::kIn : Operator::kNotIn;
    advance();
    return value_set(wanted);
  }
  if (sign.is(">") || sign.is("<")) {
    wanted.compare = sign.is(">") ? Operator::kGreater : Operator::kLess;
    advance();
    return bound(wanted);
  }
  if (!sign.is("=") && !sign.is("==") && !sign.is("!=")) {
    return fail(expected("\"=\", \"==\", \"!=\", \"in\", \"notin\", \"<\" or \">\""));
  }
  wanted.compare = sign.is("!=") ? Operator::kNotIn : Operator::kIn;
  advance();
  return exact_value(wanted);
}

Result<std::string> LabelSelectorParser::value() {
  if (token_.kind != Kind::kWord) return fail(expected("a value"));
  if (const auto problem = label_value_problem(token_.text); !problem.empty()) {
    return fail(
        error_at(token_, "the value " + std::string(token_.text) + " " + std::string(problem)));
  }
  std::string text(token_.text);
  advance();
  return text;
}

Result<> LabelSelectorParser::exact_value(LabelSelector::Requirement& wanted) {
  wanted.values.emplace_back();
  if (token_.kind == Kind::kEnd || token_.is(",")) return {};
  SEALIFT_ASSIGN(wanted.values.front(), value());
  return {};
}

Result<> LabelSelectorParser::bound(LabelSelector::Requirement& wanted) {
  const auto place = token_;
  SEALIFT_ASSIGN(const auto text, value());
  const auto number = parse_label_integer(text);
  if (!number) return fail(error_at(place, "\"" + text + "\" is not a whole number of 64 bits"));
  wanted.bound = *number;
  return {};
}

// "(a,,b)" holds the empty value too, and so does "()".
Result<> LabelSelectorParser::value_set(LabelSelector::Requirement& wanted) {
  if (!token_.is("(")) return fail(expected("\"(\""));
  auto& values = wanted.values;
  do {
    advance();
    if (token_.is(",") || token_.is(")")) {
      values.emplace_back();
      continue;
    }
    SEALIFT_ASSIGN(auto text, value());
    values.push_back(std::move(text));
    if (!token_.is(",") && !token_.is(")")) return fail(expected("\",\" or \")\""));
  } while (!token_.is(")"));
  advance();
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return {};
}

}  // namespace sealift::objects
