#include <sealift/base/encoding.h>
#include <sealift/objects/field_place.h>
#include <sealift/objects/image_fields.h>
#include <sealift/objects/json_pointer.h>
#include <sealift/objects/object.h>
#include <sealift/objects/yaml.h>

#include <utility>

namespace sealift::objects {
namespace {

constexpr std::string_view kContainerLists[] = {"containers", "initContainers",
                                                "ephemeralContainers"};

// The objects of one document; recursion is bounded by the depth that the reader of YAML allows.
class Search {
 public:
  Search(const std::vector<ImagePath>& paths, ImageFields& found) : paths_(paths), found_(found) {}

  Result<> add_object(const Json& object, const std::string& pointer) {
    const auto* items = object.find("items");
    if (object.string_at({"kind"}).ends_with("List") && items != nullptr && items->is_array()) {
      for (std::size_t i = 0; i < items->as_array()->size(); ++i) {
        SEALIFT_TRY(add_object((*items->as_array())[i],
                               extend_pointer(pointer + "/items", std::to_string(i))));
      }
      return {};
    }
    identify(object);
    base_ = pointer;
    add_templates(object, {});
    return add_by_paths(object, pointer);
  }

 private:
  void identify(const Json& object) {
    const auto version = object.string_at({"apiVersion"});
    const auto slash = version.find('/');
    id_ = {std::string(slash == std::string_view::npos ? "" : version.substr(0, slash)),
           std::string(object.string_at({"kind"})),
           std::string(object.string_at({"metadata", "namespace"})),
           std::string(object.string_at({"metadata", "name"}))};
  }

  void add(const std::string* image, const std::string& pointer) {
    if (image == nullptr || image->empty()) return;
    found_.fields.push_back({*image, printable(id_.to_string(), 400), pointer});
  }

  // One member of each item of a list.
  void add_items(const Json& list, const FieldPlace& place,
                 const std::vector<std::string_view>& names) {
    const auto* items = list.as_array();
    if (items == nullptr) return;
    for (std::size_t i = 0; i < items->size(); ++i) {
      const Json* value = &(*items)[i];
      for (const auto name : names) value = value == nullptr ? nullptr : value->find(name);
      if (value == nullptr || !value->is_string()) continue;
      std::string pointer = FieldPlace(place, i).pointer();
      for (const auto name : names) pointer = extend_pointer(pointer, name);
      add(value->as_string(), base_ + pointer);
    }
  }

  void add_pod(const Json& pod, const FieldPlace& place) {
    bool is_pod = false;
    for (const auto name : kContainerLists) {
      const Json* list = pod.find(name);
      if (list == nullptr || !list->is_array()) continue;
      is_pod = true;
      add_items(*list, FieldPlace(place, name), {"image"});
    }
    const Json* volumes = pod.find("volumes");
    if (is_pod && volumes != nullptr) {
      add_items(*volumes, FieldPlace(place, "volumes"), {"image", "reference"});
    }
  }

  void add_templates(const Json& value, const FieldPlace& place) {
    if (const auto* list = value.as_array()) {
      for (std::size_t i = 0; i < list->size(); ++i) add_templates((*list)[i], {place, i});
    } else if (const auto* members = value.as_object()) {
      add_pod(value, place);
      for (const auto& [name, member] : *members) add_templates(member, {place, name});
    }
  }

  Result<> add_by_paths(const Json& object, const std::string& pointer) {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (!paths_[i].fits(id_.group, id_.kind)) continue;
      SEALIFT_TRY(paths_[i].visit(
          object, pointer, [&](const Json& value, const std::string& place) -> Result<> {
            if (value.is_null()) return {};
            const auto* text = value.as_string();
            if (text == nullptr) {
              return fail(ErrorCode::kInvalidInput, printable(id_.to_string(), 400) + ", field " +
                                                        place + ": " + paths_[i].text() +
                                                        " leads to no text and so to no image");
            }
            add(text, place);
            found_.paths_that_found[i] = true;
            return {};
          }));
    }
    return {};
  }

  const std::vector<ImagePath>& paths_;
  ImageFields& found_;
  ObjectId id_;
  std::string base_;  // the pointer of the object
};

}  // namespace

Result<ImageFields> find_image_fields(std::string_view bytes, std::string_view file,
                                      const std::vector<ImagePath>& paths) {
  SEALIFT_ASSIGN(const auto documents, parse_yaml(bytes, file));
  ImageFields found;
  found.paths_that_found.resize(paths.size());
  for (const auto& document : documents) {
    SEALIFT_TRY_CONTEXT(Search(paths, found).add_object(document.value, ""), std::string(file));
  }
  return found;
}

std::vector<ImageField> find_image_fields(const Json& object) {
  ImageFields found;
  const std::vector<ImagePath> none;
  // Only the paths that a user gives can fail.
  static_cast<void>(Search(none, found).add_object(object, ""));
  return std::move(found.fields);
}

}  // namespace sealift::objects
