#include "standard_input.h"

#include <iostream>

namespace sealift::program {

Result<std::string> read_standard_input(std::uint64_t limit) {
  std::string text;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > limit) {
      return fail(ErrorCode::kInvalidInput,
                  "standard input has more than " + std::to_string(limit >> 20) + " MiB");
    }
  }
  return text;
}

}  // namespace sealift::program
