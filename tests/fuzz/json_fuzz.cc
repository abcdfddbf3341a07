#include <sealift/base/json.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever the reader accepts, the writers must give back as the same document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = parse_json(bytes, "input");
  if (!document) return 0;
  for (const auto& text :
       {dump_json(*document), dump_json_pretty(*document), dump_json_sorted(*document)}) {
    JsonLimits limits;
    limits.max_bytes = text.size();
    const auto again = parse_json(text, "output", limits);
    if (!again || !(*again == *document)) std::abort();
  }
  return 0;
}
