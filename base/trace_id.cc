#include <sealift/base/encoding.h>
#include <sealift/base/trace_id.h>

namespace sealift {

std::string make_trace_id(Random& random) {
  constexpr std::size_t kSize = 16;
  std::string bytes = random.bytes(kSize);
  // All zero is the one invalid value.
  if (bytes == std::string(kSize, '\0')) bytes.back() = 1;
  return hex_encode(bytes);
}

}  // namespace sealift
