#include <sealift/base/encoding.h>
#include <sealift/checks/rule.h>
#include <sealift/objects/image_fields.h>

#include "rules_of_objects.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 300;

// "registry:5000/shop/web:v1" → "v1"; empty where there is none.
std::string_view tag_of(std::string_view image) {
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  return colon == std::string_view::npos ? std::string_view() : image.substr(colon + 1);
}

}  // namespace

void check_image_tags(const objects::Object& object, Remarks& remarks) {
  for (const auto& field : objects::find_image_fields(object.json())) {
    const std::string_view image = field.image;
    // A digest binds; a variable is filled in later, and perhaps with one.
    if (image.find('@') != std::string_view::npos || image.find("${") != std::string_view::npos) {
      continue;
    }
    const auto tag = tag_of(image);
    const std::string shown = printable(image, kMaxShown);
    const std::string message =
        tag.empty()       ? shown + " has no tag, which means whatever is called latest"
        : tag == "latest" ? shown + " means whatever is newest when a node pulls it"
                          : shown + " is named by a tag, which can be moved";
    remarks.add(kImageTag, field.field, message, "add the digest: @sha256:…");
  }
}

}  // namespace sealift::checks
