#include "yaml_substituted.h"

#include <sealift/base/encoding.h>
#include <sealift/objects/yaml.h>

#include "yaml_scalar.h"

namespace sealift::objects {
namespace {

// One value within an object.
constexpr YamlLimits kLimits{
    .max_bytes = 2u << 20, .max_depth = 32, .max_values = 100'000, .max_documents = 1};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

bool is_written_plain(std::string_view text) {
  if (text.empty() || text.starts_with("---") || text.starts_with("...")) return false;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text.front()) != std::string_view::npos) {
    return false;
  }
  if (is_blank(text.front()) || is_blank(text.back())) return false;
  const bool marks = text.front() == '-' || text.front() == '?';
  if (marks && (text.size() == 1 || is_blank(text[1]))) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    if (c == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) return false;
    if (c == '#' && i > 0 && text[i - 1] == ' ') return false;
  }
  return true;
}

Result<Json> read_substituted(std::string text) {
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(" \t\n\r"), text.size()));
  const char first = text.empty() ? '\0' : text.front();
  if (first == '[' || first == '{' || first == '"' || first == '\'') {
    auto documents = parse_yaml(text, "value", kLimits);
    // What only begins like YAML is text.
    if (!documents || documents->size() != 1) return Json(std::move(text));
    return std::move(documents->front().value);
  }
  return resolve_scalar("", text, true);
}

}  // namespace sealift::objects
