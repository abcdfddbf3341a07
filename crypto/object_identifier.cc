#include "object_identifier.h"

#include <openssl/objects.h>
#include <array>

namespace sealift::crypto {

std::optional<std::string> dotted(const asn1_object_st* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  if (size <= 0 || static_cast<std::size_t>(size) >= text.size()) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace sealift::crypto
