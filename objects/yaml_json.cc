#include "yaml_json.h"

#include "yaml_number.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <string>

namespace sealift::objects {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// The length of the object that begins the text; npos where it does not end.
std::size_t object_length(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// Moves a position over text that begins there.
void advance(SourcePosition& position, std::string_view text) {
  const auto lines = std::count(text.begin(), text.end(), '\n');
  position.line += static_cast<std::uint32_t>(lines);
  if (lines > 0) position.column = 1;
  text.remove_prefix(text.rfind('\n') + 1);
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  position.column +=
      static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), is_first_byte));
}

// Writes numbers as kubectl would send them and counts values. The depth is bounded by the parser.
Result<> normalise(Json& value, std::uint64_t& values) {
  ++values;
  if (Json::Object* members = value.as_object()) {
    for (auto& [name, member] : *members) SEALIFT_TRY(normalise(member, values));
  } else if (Json::Array* elements = value.as_array()) {
    for (Json& element : *elements) SEALIFT_TRY(normalise(element, values));
  } else if (const Json::Number* number = value.as_number()) {
    auto digits = canonical_number(number->digits);
    if (!digits) {
      return fail(ErrorCode::kInvalidInput, "the number " + printable(number->digits, 40) +
                                                " is beyond what a 64-bit float holds");
    }
    value = Json(Json::Number{*std::move(digits)});
  }
  return {};
}

}  // namespace

Result<std::optional<std::vector<YamlDocument>>> read_json_chunk(const YamlChunk& chunk,
                                                                 std::string_view file,
                                                                 YamlBudget& budget) {
  std::vector<YamlDocument> documents;
  std::uint64_t values_left = budget.values;
  SourcePosition position{chunk.first_line, 1};
  std::string_view rest = chunk.text;
  const auto skip = [&](std::size_t size) {
    advance(position, rest.substr(0, size));
    rest.remove_prefix(size);
  };
  for (;;) {
    skip(std::min(rest.find_first_not_of(kSpace), rest.size()));
    if (rest.empty()) break;
    const std::size_t length = rest.starts_with('{') ? object_length(rest) : std::string_view::npos;
    if (length == std::string_view::npos) return std::nullopt;
    const JsonLimits limits{budget.limits.max_bytes, budget.limits.max_depth, values_left};
    auto value = parse_json(rest.substr(0, length), file, limits);
    if (!value) return std::nullopt;
    std::uint64_t values = 0;
    SEALIFT_TRY_CONTEXT(normalise(*value, values), std::string(file) + ":" +
                                                       std::to_string(position.line) + ":" +
                                                       std::to_string(position.column));
    values_left -= std::min(values_left, values);
    documents.push_back({*std::move(value), position, {rest.substr(0, length), position}});
    skip(length);
  }
  budget.values = values_left;
  return documents;
}

}  // namespace sealift::objects
