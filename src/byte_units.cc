#include "byte_units.h"

namespace sealift::program {

std::string in_units(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  const auto kib = (bytes + 512) / 1024;
  return kib < 10'240 ? std::to_string(kib) + " KiB" : std::to_string((kib + 512) / 1024) + " MiB";
}

}  // namespace sealift::program
