#include "place.h"

#include <sealift/objects/scope.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace sealift::comparison {
namespace {

std::string_view take_last(std::string_view& path) {
  const auto slash = path.rfind('/');
  const auto last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path.remove_suffix(slash == std::string_view::npos ? path.size() : last.size() + 1);
  return last;
}

template <std::size_t N>
bool ends_with_any(const Place& place, const std::array<std::string_view, N>& suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return place.ends_with(suffix); });
}

bool is_map_of_entries(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kMaps = {
      "labels",      "annotations",  "data",   "binaryData", "stringData",
      "matchLabels", "nodeSelector", "limits", "requests",   "parameters",
  };
  return std::find(kMaps.begin(), kMaps.end(), name) != kMaps.end();
}

}  // namespace

Place::Place(const objects::GroupVersionKind& gvk)
    : kind(gvk.kind), is_builtin(objects::is_builtin_namespaced(gvk).has_value()) {}

bool Place::ends_with(std::string_view suffix) const {
  std::size_t index = names.size();
  while (!suffix.empty()) {
    if (index == 0) return false;
    const auto wanted = take_last(suffix);
    if (wanted != "*" && wanted != names[index - 1]) return false;
    --index;
  }
  return true;
}

bool Place::is(std::string_view path) const {
  const auto depth = 1 + std::count(path.begin(), path.end(), '/');
  return names.size() == static_cast<std::size_t>(depth) && ends_with(path);
}

bool Place::means_something_empty() const {
  if (names.empty() || names.front() == "metadata") return false;
  if (!is_builtin) return true;
  const auto name = names.back();
  if (kind == "CustomResourceDefinition") return names.size() > 2;
  if (name == "nodeSelector") return false;
  return name == "selector" || name.ends_with("Selector") || name == "emptyDir";
}

bool Place::holds_quantity() const {
  // Pod templates stand in custom resources, too; the others are of their kinds alone.
  static constexpr std::array<std::string_view, 5> kAnywhere = {
      "resources/limits/*", "resources/requests/*",     "overhead/podFixed/*",
      "emptyDir/sizeLimit", "resourceFieldRef/divisor",
  };
  if (ends_with_any(*this, kAnywhere)) return true;
  if (kind == "ResourceQuota") return ends_with("hard/*");
  if (kind == "PersistentVolume") return is("spec/capacity/*");
  if (kind == "LimitRange") return is("spec/limits/*/*");
  if (kind == "RuntimeClass") return is("overhead/podFixed/*");
  if (kind != "HorizontalPodAutoscaler") return false;
  return ends_with("target/averageValue") || ends_with("target/value");
}

bool Place::holds_entries() const { return names.size() == 1 || is_map_of_entries(names.back()); }

bool Place::is_entry() const {
  return names.size() > 1 && is_map_of_entries(names[names.size() - 2]);
}

}  // namespace sealift::comparison
