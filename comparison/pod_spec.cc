#include "pod_spec.h"

#include <sealift/objects/json_pointer.h>

#include <algorithm>
#include <string_view>

namespace sealift::comparison {
namespace {

constexpr std::size_t kMaxSpecs = 100;
constexpr std::size_t kMaxContainers = 1'000;  // each is looked for among the others

void collect(const Json& value, std::string& path, std::vector<PodSpec>& specs) {
  if (specs.size() >= kMaxSpecs) return;
  const auto length = path.size();
  const auto descend = [&](std::string_view token, const Json& inner) {
    path += objects::extend_pointer("", token);
    collect(inner, path, specs);
    path.resize(length);
  };
  if (const auto* list = value.as_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) descend(std::to_string(i), (*list)[i]);
  } else if (const auto* members = value.as_object()) {
    const Json* containers = value.find("containers");
    if (containers != nullptr && containers->is_array()) {
      specs.push_back({path, &value});
      return;
    }
    for (const auto& [name, inner] : *members) {
      if (inner.is_object() || inner.is_array()) descend(name, inner);
    }
  }
}

template <typename Item>
const Item* find_by_path(const std::vector<Item>& items, const std::string& path) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.path == path; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Container> PodSpec::containers() const {
  std::vector<Container> found;
  for (const std::string_view list_name : {"initContainers", "containers", "ephemeralContainers"}) {
    const Json* list = json->find(list_name);
    if (list == nullptr || !list->is_array()) continue;
    const auto list_path = objects::extend_pointer(path, list_name);
    for (const auto& item : *list->as_array()) {
      if (found.size() == kMaxContainers) return found;
      const std::string name(item.string_at({"name"}));
      found.push_back({objects::extend_pointer(list_path, "[name=" + name + "]"), name, &item});
    }
  }
  return found;
}

std::vector<PodSpec> pod_specs(const Json& object) {
  std::vector<PodSpec> specs;
  // Their schemas have members of any name.
  if (object.string_at({"kind"}) == "CustomResourceDefinition") return specs;
  std::string path;
  collect(object, path, specs);
  return specs;
}

const PodSpec* find_spec(const std::vector<PodSpec>& specs, const std::string& path) {
  return find_by_path(specs, path);
}

const Container* find_container(const std::vector<Container>& containers, const std::string& path) {
  return find_by_path(containers, path);
}

}  // namespace sealift::comparison
