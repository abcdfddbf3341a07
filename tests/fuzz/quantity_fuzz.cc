#include <sealift/comparison/quantity.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using sealift::comparison::Quantity;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Two amounts with a line break between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto one = Quantity::parse(input.substr(0, line));
  if (!one) return 0;
  require(*one == *one);
  if (line == std::string_view::npos) return 0;
  const auto other = Quantity::parse(input.substr(line + 1));
  if (other) require((*one == *other) == (*other == *one));
  return 0;
}
