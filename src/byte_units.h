#pragma once

#include <cstdint>
#include <string>

namespace sealift::program {

// "812 B", "12 KiB", "140 MiB", "12 GiB": for people, rounded, with at least two digits from 10 KiB
// on.
std::string in_units(std::uint64_t bytes);

// "1 manifest", "2 manifests".
std::string counted(std::uint64_t number, const char* noun);

}  // namespace sealift::program
