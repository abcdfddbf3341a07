#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::crypto {

// The hashes that signature formats name (FIPS 180-4). What the project itself addresses content by
// is sealift::Digest.
enum class HashAlgorithm { kSha256, kSha384, kSha512 };
std::string_view to_string(HashAlgorithm algorithm);  // "sha256", …
std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name);

std::size_t hash_size(HashAlgorithm algorithm);  // in bytes
// The hash as bytes.
std::string hash(HashAlgorithm algorithm, std::string_view bytes);

}  // namespace sealift::crypto
