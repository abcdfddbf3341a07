#include <sealift/oci/image_name.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// A name in full stays what it is, and so does its place below a repository.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::oci;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto image = parse_image_name(text);
  if (!image) return 0;
  const auto again = parse_image_name(image_name(*image));
  if (!again || image_name(*again) != image_name(*image)) std::abort();
  const auto place = Reference::parse("oci://inside/images").value();
  if (const auto below = image_below(*image, place)) {
    if (below->tag() != image->tag() || below->digest() != image->digest()) std::abort();
  }
  return 0;
}
