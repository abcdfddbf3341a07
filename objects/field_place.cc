#include <sealift/objects/field_place.h>
#include <sealift/objects/json_pointer.h>

#include <vector>

namespace sealift::objects {

std::string FieldPlace::pointer() const {
  std::vector<const FieldPlace*> way;
  for (const FieldPlace* place = this; !place->is_top(); place = place->around_) {
    way.push_back(place);
  }
  std::string pointer;
  for (auto place = way.rbegin(); place != way.rend(); ++place) {
    const FieldPlace& step = **place;
    if (pointer.size() + step.name_.size() > kMaxBytes) break;
    pointer = extend_pointer(
        pointer, step.is_element_ ? std::to_string(step.index_) : std::string(step.name_));
  }
  return pointer;
}

}  // namespace sealift::objects
