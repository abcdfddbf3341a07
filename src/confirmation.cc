#include "confirmation.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include <unistd.h>

namespace sealift::program {

void check_somebody_can_be_asked() {
  if (::isatty(STDIN_FILENO) != 0) return;
  throw CLI::ValidationError(
      "nobody can be asked whether to go on; give --yes where that is decided");
}

Result<> confirm(const std::string& what) {
  std::cerr << what << "Type \"yes\" to go on: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return {};
  return fail(ErrorCode::kCancelled, "the answer was not \"yes\"; nothing was removed");
}

}  // namespace sealift::program
