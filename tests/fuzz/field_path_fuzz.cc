#include <sealift/objects/field_path.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace sealift;

void require(bool holds) {
  if (!holds) std::abort();
}

// Behind a place that was erased stands the next one.
bool names_a_place(const objects::FieldPath& path) {
  const auto& last = path.segments().back();
  return last.item.empty() && last.name.find_first_not_of("0123456789") == std::string::npos;
}

void check(const objects::FieldPath& path, const Json& document) {
  Json changed = document;
  const bool found = objects::find_field(document, path) != nullptr;
  require(objects::erase_field(changed, path) == found);
  if (!names_a_place(path)) require(objects::find_field(changed, path) == nullptr);
  changed = document;
  require(objects::set_field(changed, path, Json(1)) || !found);
  changed = document;
  const bool owned = objects::owns_field(document, path);
  const bool disowned = objects::disown_field(changed, path);
  require(owned || !disowned);
  require(!objects::disown_field(changed, path));
}

}  // namespace

// A path in the first line, a document in JSON behind it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.substr(0, input.find('\n'));
  const auto path = objects::FieldPath::parse(line);
  if (!path) return 0;
  const auto again = objects::FieldPath::parse(path->text());
  require(again && *again == *path);
  if (line.size() == input.size()) return 0;
  const auto document = parse_json(input.substr(line.size() + 1), "input");
  if (document) check(*path, *document);
  return 0;
}
