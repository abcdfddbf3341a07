#pragma once

#include <sealift/crypto/keys.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace sealift::sigstore {

inline constexpr std::size_t kCheckpointKeyIdBytes = 4;

// The four bytes that begin each signature of this key in checkpoints of the log `origin` (C2SP
// signed-note, "Signatures"): of SHA-256 over the SPKI, as Rekor names ECDSA and RSA keys, or for
// Ed25519 over name, algorithm and point.
std::string checkpoint_key_id(const crypto::PublicKey& key, std::string_view origin);

}  // namespace sealift::sigstore
