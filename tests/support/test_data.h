#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sealift::test {

// A file under tests/data.
inline std::string test_data(const std::string& path) {
  std::ifstream file(std::string(SEALIFT_TEST_DATA) + "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("no test data " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sealift::test
