#pragma once

#include <string>

namespace sealift::e2e {

// `text` as the lines of a YAML block below "publicKey: |" in a TrustPolicy.
inline std::string key_block(const std::string& text) {
  std::string out = "          ";
  for (const char letter : text) {
    out += letter;
    if (letter == '\n') out += "          ";
  }
  return out + "\n";
}

}  // namespace sealift::e2e
