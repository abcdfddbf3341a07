#include <sealift/controller/delivery_status.h>

namespace sealift::controller {

Json merge_patch(const Json& from, const Json& to) {
  Json patch = Json::object();
  for (const auto& [name, value] : *from.as_object()) {
    if (!to.find(name)) patch.set(name, nullptr);
  }
  for (const auto& [name, value] : *to.as_object()) {
    const auto* before = from.find(name);
    if (before && *before == value) continue;
    // Arrays and plain values are replaced as a whole.
    const bool both_objects = before && before->is_object() && value.is_object();
    patch.set(name, both_objects ? merge_patch(*before, value) : value);
  }
  return patch;
}

}  // namespace sealift::controller
