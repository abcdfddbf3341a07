#pragma once

#include <sealift/base/result.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// A version as Semantic Versioning 2.0.0 defines it, with an optional "v" in front.
struct SemanticVersion {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::vector<std::string> prerelease;  // "rc.1" → {"rc", "1"}
  std::string build;                    // has no part in the order

  // All three numbers are required. kInvalidInput.
  static Result<SemanticVersion> parse(std::string_view text);
  std::string to_string() const;  // without "v"
};

// Precedence (section 11); versions that differ in build alone are equivalent.
std::weak_ordering compare(const SemanticVersion& a, const SemanticVersion& b);

}  // namespace sealift::oci
