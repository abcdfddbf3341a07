#include <sealift/objects/json_pointer.h>
#include <sealift/objects/locate_field.h>

#include <algorithm>
#include <string>

namespace sealift::objects {
namespace {

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
    pointer = extend_pointer(pointer, token);
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

SourcePosition locate_field(const YamlDocument& document, std::string_view field) {
  return locate(document, pointer_of(document.value, field));
}

}  // namespace sealift::objects
