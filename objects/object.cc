#include <sealift/objects/object.h>

#include "object_check.h"

#include <algorithm>
#include <cassert>

namespace sealift::objects {
namespace {

void set_in_metadata(Json& object, std::string_view map, std::string_view name, std::string value) {
  Json* metadata = object.find("metadata");
  assert(metadata != nullptr);
  Json* entries = metadata->find(map);
  if (entries == nullptr) entries = &metadata->set(map, Json::object());
  entries->set(name, Json(std::move(value)));
}

bool is_placeholder_text(std::string_view text) {
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    if (at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '$')) return true;
  }
  return false;
}

// Recursion is bounded by the depth that the readers of JSON and YAML allow.
bool holds_placeholders(const Json& value) {
  if (const auto* text = value.as_string()) return is_placeholder_text(*text);
  if (const auto* elements = value.as_array()) {
    return std::any_of(elements->begin(), elements->end(), holds_placeholders);
  }
  const auto* members = value.as_object();
  return members != nullptr &&
         std::any_of(members->begin(), members->end(), [](const auto& member) {
           return is_placeholder_text(member.first) || holds_placeholders(member.second);
         });
}

}  // namespace

std::string ObjectId::to_string() const {
  std::string text = kind;
  if (!group.empty()) text += "." + group;
  text += ' ';
  if (!name_space.empty()) text += name_space + "/";
  return text + name;
}

std::string_view Object::annotation(std::string_view name) const {
  return json_.string_at({"metadata", "annotations", name});
}

std::string_view Object::label(std::string_view name) const {
  return json_.string_at({"metadata", "labels", name});
}

void Object::set_name_space(std::string name_space) {
  Json* metadata = json_.find("metadata");
  assert(metadata != nullptr);
  if (name_space.empty()) {
    metadata->erase("namespace");
  } else {
    metadata->set("namespace", Json(name_space));
  }
  name_space_ = std::move(name_space);
}

void Object::set_label(std::string_view name, std::string value) {
  set_in_metadata(json_, "labels", name, std::move(value));
}

void Object::set_annotation(std::string_view name, std::string value) {
  set_in_metadata(json_, "annotations", name, std::move(value));
}

Result<Object> parse_object(Json json, std::string source, Placeholders placeholders) {
  if (const auto problem = find_problem(json, placeholders)) {
    return fail(ErrorCode::kInvalidInput, source + ": " + describe(json) + ": " + problem->message);
  }
  Object object;
  object.gvk_ = split_api_version(json.string_at({"apiVersion"}), json.string_at({"kind"}));
  object.name_ = json.string_at({"metadata", "name"});
  object.name_space_ = json.string_at({"metadata", "namespace"});
  object.has_placeholders_ = holds_placeholders(json);
  object.json_ = std::move(json);
  object.source_ = std::move(source);
  return object;
}

}  // namespace sealift::objects
