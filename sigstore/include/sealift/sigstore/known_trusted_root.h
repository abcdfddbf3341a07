#pragma once

#include <string_view>

namespace sealift::sigstore {

// A trusted root that is built in.
struct KnownTrustedRoot {
  std::string_view name;
  std::string_view bytes;  // trusted_root.json as published
  std::string_view taken;  // the day on which it was the repository's
};

// Of the public instance (tuf-repo-cdn.sigstore.dev).
const KnownTrustedRoot& public_trusted_root();

}  // namespace sealift::sigstore
