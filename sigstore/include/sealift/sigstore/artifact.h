#pragma once

#include <sealift/base/digest.h>
#include <sealift/sigstore/log_entry_body.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

// What a signature has to be about, as far as it is at hand: its bytes, or digests of them alone.
struct Artifact {
  std::vector<HashOutput> digests;                       // at least one
  std::optional<std::string_view> bytes = std::nullopt;  // the caller's

  static Artifact of_digest(const Digest& digest);
  // With the digests that statements and signatures name.
  static Artifact of_bytes(std::string_view bytes);

  // Computed where only the bytes are at hand; nullopt where there is neither.
  std::optional<HashOutput> digest(crypto::HashAlgorithm algorithm) const;
  // "sha256:…", the first one; for people.
  std::string to_string() const;
};

}  // namespace sealift::sigstore
