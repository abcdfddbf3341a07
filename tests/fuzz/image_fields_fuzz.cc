#include <sealift/base/json.h>
#include <sealift/objects/image_fields.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// A path in the first line, documents behind it. Whatever is found is text that stands there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::objects;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.substr(0, input.find('\n'));
  std::vector<ImagePath> paths;
  if (auto path = ImagePath::parse(line)) {
    const auto again = ImagePath::parse(path->text());
    if (!again || again->text() != line) std::abort();
    paths.push_back(*std::move(path));
  }
  if (line.size() == input.size()) return 0;
  const auto found = find_image_fields(input.substr(line.size() + 1), "input", paths);
  if (!found) return 0;
  if (found->paths_that_found.size() != paths.size()) std::abort();
  for (const auto& field : found->fields) {
    if (field.image.empty() || !field.field.starts_with('/')) std::abort();
  }
  return 0;
}
