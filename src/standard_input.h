#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <string>

namespace sealift::program {

// All of standard input; more than `limit` bytes is kInvalidInput.
Result<std::string> read_standard_input(std::uint64_t limit);

}  // namespace sealift::program
