#pragma once

#include <string>
#include <string_view>

namespace sealift {

// HMAC (RFC 2104) with SHA-256: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// Compares secrets: how long it takes says nothing about where they begin to differ.
bool equal_in_constant_time(std::string_view expected, std::string_view given);

}  // namespace sealift
