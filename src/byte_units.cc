#include "byte_units.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kKibibyte = 1u << 10;
constexpr std::uint64_t kMost = 10'240;  // of a unit, before the next one is used

std::uint64_t rounded(std::uint64_t bytes, std::uint64_t unit) {
  return bytes / unit + (bytes % unit >= unit / 2 ? 1 : 0);
}

}  // namespace

std::string in_units(std::uint64_t bytes) {
  if (bytes < kKibibyte) return std::to_string(bytes) + " B";
  std::uint64_t unit = kKibibyte;
  for (const char* name : {" KiB", " MiB"}) {
    if (const auto count = rounded(bytes, unit); count < kMost) return std::to_string(count) + name;
    unit *= kKibibyte;
  }
  return std::to_string(rounded(bytes, unit)) + " GiB";
}

std::string counted(std::uint64_t number, const char* noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace sealift::program
