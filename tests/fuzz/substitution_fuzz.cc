#include <sealift/base/encoding.h>
#include <sealift/objects/substitution.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

// Whatever a text or an object with variables is, the result keeps to the limits and is text, and
// an object has been checked as any other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  constexpr std::uint64_t kMaxBytes = 1u << 16;
  static const objects::VariableValues kValues = {
      {"a", "1"},      {"b", "x/y.z"}, {"c", "${a}"},        {"d", "\xc3\xa4"},
      {"e", ""},       {"f", "[1]"},   {"g", "\"q\": *x #"}, {"h", std::string(300, 'h')},
      {"minus", "-2"}, {"n", "null"}};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!is_utf8(bytes)) return 0;
  std::set<std::string> undefined;
  if (const auto text = objects::substitute_text(bytes, kValues, kMaxBytes, undefined)) {
    if (text->size() > kMaxBytes || !is_utf8(*text)) std::abort();
  }
  const auto parsed = objects::parse_objects(bytes, "input", {}, objects::Placeholders::kAllowed);
  if (!parsed) return 0;
  for (const auto& object : *parsed) {
    const auto own = objects::substitute(object, kValues, undefined);
    if (!own) continue;
    const auto again = objects::parse_object(own->json(), "output");
    if (!again || again->id() != own->id()) std::abort();
  }
  if (undefined.size() > 20) std::abort();
  return 0;
}
