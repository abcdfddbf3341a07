#include "mistake_position.h"

#include <sealift/objects/json_pointer.h>

#include <algorithm>
#include <array>
#include <string>

namespace sealift::delivery {
namespace {

// "spec.driftRules[1].mode"; empty where the message names no field.
std::string_view field_in(std::string_view message) {
  static constexpr std::array<std::string_view, 5> kRoots = {".spec", ".metadata", " metadata.",
                                                             ".data.", ".stringData."};
  std::size_t begin = std::string_view::npos;
  for (const auto root : kRoots) begin = std::min(begin, message.find(root));
  if (begin == std::string_view::npos) return {};
  const auto field = message.substr(begin + 1);
  return field.substr(0, field.find_first_of(": "));
}

// The member that `field` begins with; a key may hold dots itself, so the longest one.
std::string_view longest_member(const Json& value, std::string_view field) {
  std::string_view longest;
  for (const auto& [name, member] : *value.as_object()) {
    const bool ends =
        field.size() == name.size() ||
        (field.size() > name.size() && (field[name.size()] == '.' || field[name.size()] == '['));
    if (field.starts_with(name) && ends && name.size() > longest.size()) longest = name;
  }
  return longest;
}

// The pointer of the field, or of what is there of it.
std::string pointer_of(const Json& document, std::string_view field) {
  std::string pointer;
  const Json* value = &document;
  while (value != nullptr && !field.empty()) {
    std::string_view token = field.substr(0, field.find_first_of(".]"));
    if (value->is_object()) token = longest_member(*value, field);
    if (token.empty()) break;
    pointer = objects::extend_pointer(pointer, token);
    if (const auto* list = value->as_array()) {
      const auto index = Json(Json::Number{std::string(token)}).as_int64().value_or(-1);
      const bool is_there = index >= 0 && static_cast<std::size_t>(index) < list->size();
      value = is_there ? &(*list)[static_cast<std::size_t>(index)] : nullptr;
    } else {
      value = value->find(token);
    }
    field.remove_prefix(token.size());
    field.remove_prefix(std::min(field.find_first_not_of(".[]"), field.size()));
  }
  return pointer;
}

}  // namespace

objects::SourcePosition position_of_mistake(const objects::YamlDocument& document,
                                            std::string_view message) {
  const auto field = field_in(message);
  return field.empty() ? document.start
                       : objects::locate(document, pointer_of(document.value, field));
}

}  // namespace sealift::delivery
