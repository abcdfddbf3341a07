#include <sealift/objects/yaml.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever the reader accepts, the writer must give back as the same documents, and every position
// must be one of the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto documents = objects::parse_yaml(bytes, "input");
  if (!documents) return 0;
  for (const auto& document : *documents) {
    const auto again = objects::parse_yaml(objects::dump_yaml(document.value), "output");
    if (!again || again->size() != 1 || !(again->front().value == document.value)) std::abort();
    if (objects::locate(document, "/metadata/name").line < document.start.line) {
      std::abort();
    }
    for (const auto& [pointer, position] : objects::locate_items(document)) {
      if (position.line < document.start.line) std::abort();
    }
  }
  return 0;
}
