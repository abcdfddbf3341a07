#pragma once

#include <sealift/crypto/hash.h>

#include <array>
#include <string_view>
#include <utility>

namespace sealift::sigstore {

// protobuf's names of hashes (protobuf-specs, sigstore_common.proto, HashAlgorithm).
inline constexpr std::array<std::pair<std::string_view, crypto::HashAlgorithm>, 3> kHashNames{{
    {"SHA2_256", crypto::HashAlgorithm::kSha256},
    {"SHA2_384", crypto::HashAlgorithm::kSha384},
    {"SHA2_512", crypto::HashAlgorithm::kSha512},
}};

constexpr std::string_view hash_name(crypto::HashAlgorithm algorithm) {
  for (const auto& [name, known] : kHashNames) {
    if (known == algorithm) return name;
  }
  return {};
}

}  // namespace sealift::sigstore
