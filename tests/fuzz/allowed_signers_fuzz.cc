#include <sealift/commits/allowed_signers.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever is read names somebody, with a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto signers = sealift::commits::AllowedSigners::parse(text, "input");
  if (!signers) return 0;
  if (signers->lines().empty()) std::abort();
  for (const auto& line : signers->lines()) {
    if (line.principals.empty() || line.key.size() <= line.key_type.size()) std::abort();
  }
  return 0;
}
