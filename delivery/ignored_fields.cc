#include <sealift/delivery/ignored_fields.h>
#include <sealift/objects/field_path.h>

namespace sealift::delivery {
namespace {

Result<objects::FieldPath> parse(const std::string& path) {
  return objects::FieldPath::parse(path);
}

}  // namespace

std::string problem_of_ignored(const std::string& path) {
  const auto parsed = parse(path);
  if (!parsed) return parsed.error().message();
  const auto& segments = parsed->segments();
  const auto& first = segments[0].name;
  if (first == "apiVersion" || first == "kind") return "every apply has to say " + first;
  if (first != "metadata") return {};
  const bool in_map =
      segments.size() > 2 && (segments[1].name == "labels" || segments[1].name == "annotations");
  const bool in_list = segments.size() > 1 &&
                       (segments[1].name == "finalizers" || segments[1].name == "ownerReferences");
  if (in_map || in_list) return {};
  return "of metadata only single labels and annotations, finalizers and ownerReferences can be "
         "left to others";
}

Json without_fields(Json object, const std::vector<std::string>& paths) {
  for (const auto& text : paths) {
    if (const auto path = parse(text)) (void)objects::erase_field(object, *path);
  }
  return object;
}

Json with_live_fields(Json wanted, const Json& live, const std::vector<std::string>& paths) {
  for (const auto& text : paths) {
    const auto path = parse(text);
    if (!path || objects::find_field(wanted, *path) == nullptr) continue;
    if (const Json* value = objects::find_field(live, *path)) {
      (void)objects::set_field(wanted, *path, *value);
    } else {
      (void)objects::erase_field(wanted, *path);
    }
  }
  return wanted;
}

}  // namespace sealift::delivery
