#pragma once

#include <cstdint>
#include <string>

namespace sealift::program {

// "812 B", "12 KiB", "140 MiB": for people.
std::string in_units(std::uint64_t bytes);

}  // namespace sealift::program
