#pragma once

#include <cstddef>
#include <string>

namespace sealift {

// Where keys, salts, nonces and jitter come from.
class Random {
 public:
  virtual ~Random() = default;
  // `size` bytes fit for keys.
  virtual std::string bytes(std::size_t size) = 0;
};

// The operating system's generator; lives as long as the program.
Random& system_random();

}  // namespace sealift
