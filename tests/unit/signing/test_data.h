#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sealift::signing::test {

// A file under tests/data/signing.
inline std::string test_data(const std::string& name) {
  std::ifstream file(std::string(SEALIFT_TEST_DATA) + "/signing/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no test data " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sealift::signing::test
