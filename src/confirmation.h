#pragma once

#include <sealift/base/result.h>

#include <string>

namespace sealift::program {

// For the callback of a command that asks before it removes something, where --yes is not given:
// throws CLI::ValidationError where standard input is no terminal.
void check_somebody_can_be_asked();

// Prints what is going to happen on standard error, and waits for "yes". kCancelled for any other
// answer.
Result<> confirm(const std::string& what);

}  // namespace sealift::program
