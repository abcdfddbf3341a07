#include "object_check.h"

#include <sealift/objects/json_pointer.h>
#include <sealift/objects/object.h>

#include <map>
#include <optional>
#include <utility>

namespace sealift::objects {
namespace {

// As kubectl tells a list by: a kind of that name, and items.
Json::Array* items_of_list(Json& value) {
  if (!value.string_at({"kind"}).ends_with("List")) return nullptr;
  Json* items = value.find("items");
  return items == nullptr ? nullptr : items->as_array();
}

// Collects the objects of one document; `pointer` and `start` say where in it we are.
class Unfolder {
 public:
  Unfolder(const YamlDocument& document, std::string_view file, Placeholders placeholders,
           std::vector<Object>& objects)
      : document_(document), file_(file), placeholders_(placeholders), objects_(&objects) {}

  Result<> add(Json value, const std::string& pointer, SourcePosition start) {
    if (Json::Array* items = items_of_list(value)) return add_items(value, *items, pointer);
    if (const auto problem = find_problem(value, placeholders_)) {
      const SourcePosition position = locate(document_, pointer + problem->pointer);
      return fail(ErrorCode::kInvalidInput,
                  place(position) + ": " + describe(value) + ": " + problem->message);
    }
    SEALIFT_ASSIGN(Object object, parse_object(std::move(value), place(start), placeholders_));
    objects_->push_back(std::move(object));
    return {};
  }

 private:
  // A List of one kind (DeploymentList) may leave out what each item's kind is.
  Result<> add_items(const Json& list, Json::Array& items, const std::string& pointer) {
    const std::string items_pointer = extend_pointer(pointer, "items");
    if (!item_positions_) item_positions_ = locate_items(document_);
    const std::string kind(list.string_at({"kind"}));
    const std::string item_kind = kind.substr(0, kind.size() - std::string_view("List").size());
    const std::string api_version(list.string_at({"apiVersion"}));
    for (std::size_t i = 0; i < items.size(); ++i) {
      Json& item = items[i];
      if (item.is_object() && !item_kind.empty() && item.find("kind") == nullptr &&
          item.find("apiVersion") == nullptr) {
        item.set("kind", Json(item_kind));
        item.set("apiVersion", Json(api_version));
      }
      const std::string item_pointer = extend_pointer(items_pointer, std::to_string(i));
      const auto position = item_positions_->find(item_pointer);
      SEALIFT_TRY(add(std::move(item), item_pointer,
                      position == item_positions_->end() ? document_.start : position->second));
    }
    return {};
  }

  std::string place(SourcePosition position) const {
    return std::string(file_) + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column);
  }

  const YamlDocument& document_;
  std::string_view file_;
  Placeholders placeholders_;
  std::vector<Object>* objects_;
  // Found once: a document may be a list of a hundred thousand lists.
  std::optional<std::map<std::string, SourcePosition>> item_positions_;
};

}  // namespace

Result<std::vector<Object>> parse_objects(std::string_view bytes, std::string_view file,
                                          const YamlLimits& limits, Placeholders placeholders) {
  SEALIFT_ASSIGN(auto documents, parse_yaml(bytes, file, limits));
  std::vector<Object> objects;
  objects.reserve(documents.size());
  for (YamlDocument& document : documents) {
    Json value = std::exchange(document.value, Json());
    SEALIFT_TRY(
        Unfolder(document, file, placeholders, objects).add(std::move(value), "", document.start));
  }
  return objects;
}

Result<> check_unique(const std::vector<Object>& objects, std::string_view default_name_space) {
  std::map<ObjectId, const Object*> seen;
  for (const Object& object : objects) {
    ObjectId id = object.id();
    if (id.name_space.empty()) id.name_space = default_name_space;
    const auto [other, is_new] = seen.emplace(std::move(id), &object);
    if (!is_new) {
      return fail(ErrorCode::kInvalidInput, object.source() + ": " + object.id().to_string() +
                                                " is already at " + other->second->source() +
                                                ", and only one can be applied; remove one");
    }
  }
  return {};
}

}  // namespace sealift::objects
