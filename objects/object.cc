#include <sealift/objects/object.h>

#include "object_check.h"

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

Result<Object> parse_object(Json json, std::string source) {
  if (const auto problem = find_problem(json)) {
    return fail(ErrorCode::kInvalidInput, source + ": " + describe(json) + ": " + problem->message);
  }
  Object object;
  object.gvk_ = split_api_version(json.string_at({"apiVersion"}), json.string_at({"kind"}));
  object.name_ = json.string_at({"metadata", "name"});
  object.name_space_ = json.string_at({"metadata", "namespace"});
  object.json_ = std::move(json);
  object.source_ = std::move(source);
  return object;
}

}  // namespace sealift::objects
