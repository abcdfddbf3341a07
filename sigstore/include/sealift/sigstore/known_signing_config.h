#pragma once

#include <string_view>

namespace sealift::sigstore {

// A signing config that is built in.
struct KnownSigningConfig {
  std::string_view name;
  std::string_view bytes;  // signing_config.v0.2.json as published
  std::string_view taken;  // the day on which it was the repository's
};

// Of the public instance: its certificate authority, its Rekor 1 and its time stamp authority.
const KnownSigningConfig& public_signing_config();

}  // namespace sealift::sigstore
