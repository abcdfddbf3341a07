#include "mistake_position.h"

#include <sealift/objects/locate_field.h>

#include <algorithm>
#include <array>

namespace sealift::delivery {
namespace {

// "spec.driftRules[1].mode"; empty where the message names no field.
std::string_view field_in(std::string_view message) {
  static constexpr std::array<std::string_view, 5> kRoots = {".spec", ".metadata", " metadata.",
                                                             ".data.", ".stringData."};
  std::size_t begin = std::string_view::npos;
  for (const auto root : kRoots) begin = std::min(begin, message.find(root));
  if (begin == std::string_view::npos) return {};
  const auto field = message.substr(begin + 1);
  return field.substr(0, field.find_first_of(": "));
}

}  // namespace

objects::SourcePosition position_of_mistake(const objects::YamlDocument& document,
                                            std::string_view message) {
  const auto field = field_in(message);
  return field.empty() ? document.start : objects::locate_field(document, field);
}

}  // namespace sealift::delivery
