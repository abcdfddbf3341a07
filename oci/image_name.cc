#include <sealift/base/encoding.h>
#include <sealift/oci/image_name.h>

#include <algorithm>

namespace sealift::oci {
namespace {

constexpr std::string_view kHub = "docker.io";

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_registry_part(std::string_view part) {
  return part.find_first_of(".:") != std::string_view::npos || part == "localhost" ||
         std::any_of(part.begin(), part.end(), is_upper);
}

// "nginx" → "docker.io/library/nginx".
std::string in_full(std::string_view name) {
  const auto slash = name.find('/');
  const bool has_registry =
      slash != std::string_view::npos && is_registry_part(name.substr(0, slash));
  std::string registry(has_registry ? name.substr(0, slash) : kHub);
  if (registry == "index.docker.io") registry = kHub;
  if (has_registry) name.remove_prefix(slash + 1);
  const bool is_official = registry == kHub && name.find('/') == std::string_view::npos;
  return registry + (is_official ? "/library/" : "/") + std::string(name);
}

}  // namespace

Result<Reference> parse_image_name(std::string_view name) {
  SEALIFT_ASSIGN_CONTEXT(auto image, Reference::parse("oci://" + in_full(name)),
                         "\"" + printable(name, 300) + "\" is not the name of an image");
  if (image.tag() || image.digest()) return image;
  return image.with_tag("latest");
}

std::string image_name(const Reference& image) {
  return image.name() + (image.digest() ? "@" : ":") + image.tag_or_digest();
}

Result<Reference> image_below(const Reference& image, const Reference& place) {
  std::string registry = image.registry();
  std::replace(registry.begin(), registry.end(), ':', '_');
  auto text = "oci://" + place.name() + "/" + registry + "/" + image.repository();
  if (image.tag()) text += ":" + *image.tag();
  if (image.digest()) text += "@" + image.digest()->to_string();
  return Reference::parse(text);
}

}  // namespace sealift::oci
