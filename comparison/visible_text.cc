#include "visible_text.h"

#include <sealift/base/encoding.h>
#include <sealift/objects/yaml.h>

#include <array>
#include <utility>

namespace sealift::comparison {
namespace {

constexpr std::size_t kMaxLineBytes = 400;

// Unicode's explicit directional formatting characters (UAX #9, 2), in UTF-8.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kDirections = {{
    {"\xe2\x80\x8e", "\\u200E"},
    {"\xe2\x80\x8f", "\\u200F"},
    {"\xe2\x80\xaa", "\\u202A"},
    {"\xe2\x80\xab", "\\u202B"},
    {"\xe2\x80\xac", "\\u202C"},
    {"\xe2\x80\xad", "\\u202D"},
    {"\xe2\x80\xae", "\\u202E"},
    {"\xe2\x81\xa6", "\\u2066"},
    {"\xe2\x81\xa7", "\\u2067"},
    {"\xe2\x81\xa8", "\\u2068"},
    {"\xe2\x81\xa9", "\\u2069"},
}};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (lines.size() == kMaxValueLines) {
      lines.emplace_back("(there is more)");
      return lines;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::string visible(std::string_view line) {
  std::string text;
  for (bool first = true;; first = false) {
    const auto tab = line.find('\t');
    text += (first ? "" : "\t") + printable(line.substr(0, tab), kMaxLineBytes);
    if (tab == std::string_view::npos || text.size() > kMaxLineBytes) break;
    line.remove_prefix(tab + 1);
  }
  if (text.find('\xe2') != std::string::npos) {
    for (const auto& [mark, escape] : kDirections) replace_all(text, mark, escape);
  }
  return text;
}

std::vector<std::string> value_lines(const Json& value) {
  const auto* text = value.as_string();
  const bool is_long = text != nullptr && text->find('\n') != std::string::npos;
  auto lines = split(is_long ? *text : objects::dump_yaml(value));
  // A line break at the end is a difference that nobody would see.
  if (is_long && !text->ends_with('\n')) lines.emplace_back("(no line break at the end)");
  return lines;
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace sealift::comparison
