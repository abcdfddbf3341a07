#pragma once

#include <string>

namespace sealift::program {

// Its value; empty where it is not set.
std::string environment_variable(const std::string& name);

}  // namespace sealift::program
