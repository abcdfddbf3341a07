#include "layout_index.h"
#include "referrer.h"

#include <sealift/oci/manifest.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// What is accepted is written in one form, and no document is a manifest and an index.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::oci;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto manifest = parse_manifest(bytes, "");
  if (manifest) {
    const std::string text = serialize(*manifest);
    const auto again = parse_manifest(text, manifest->media_type);
    if (!again || serialize(*again) != text) std::abort();
    if (!read_referrer(bytes, manifest->media_type)) std::abort();
  }
  const auto index = parse_index(bytes, "");
  if (index) {
    const std::string text = serialize(*index);
    const auto again = parse_index(text, index->media_type);
    if (!again || serialize(*again) != text) std::abort();
  }
  // With "config" required and "manifests" refused, only the types can still be the same.
  if (manifest && index) std::abort();
  if (auto layout = LayoutIndex::parse(bytes, "index.json")) {
    const auto added = layout->add(empty_descriptor(), "tag");
    if (!added || !layout->find_tag("tag")) std::abort();
    if (!LayoutIndex::parse(layout->serialize(), "index.json")) std::abort();
  }
  return 0;
}
