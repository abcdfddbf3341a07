#pragma once

#include <cstdint>
#include <string>

namespace sealift::program {

// "812 B", "12 KiB", "140 MiB", "12 GiB": for people, rounded, with at least two digits from 10 KiB
// on.
std::string in_units(std::uint64_t bytes);

}  // namespace sealift::program
