#include "environment_variable.h"

#include <cstdlib>

namespace sealift::program {

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace sealift::program
