#include "support/test_part.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace sealift::test {
namespace {

std::string parts_directory() {
  if (const char* bin = std::getenv("SEALIFT_PARTS")) return bin;
  if (const char* directory = std::getenv("SEALIFT_PARTS_DIR")) {
    return std::string(directory) + "/bin";
  }
  return std::string(SEALIFT_SOURCE_DIR) + "/build/parts/bin";
}

}  // namespace

std::string test_part(std::string_view name) {
  const std::string path = parts_directory() + "/" + std::string(name);
  if (::access(path.c_str(), X_OK) != 0) {
    std::cerr << path << " is missing; `./dev parts` builds it" << std::endl;
    std::abort();
  }
  return path;
}

}  // namespace sealift::test
