#pragma once

#include <sealift/crypto/keys.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace sealift::sigstore {

inline constexpr std::size_t kCheckpointKeyIdBytes = 4;

// The bytes that begin each signature of this key in the checkpoints of the log `name` (C2SP
// signed-note, "Signature types"): of SHA-256 over the SPKI for ECDSA, otherwise over name,
// algorithm and key; RSA is an algorithm of Rekor's own.
std::string checkpoint_key_id(const crypto::PublicKey& key, std::string_view name);

// The same for logs of Rekor 1: of SHA-256 over the SPKI, whatever the key.
std::string rekor1_key_id(const crypto::PublicKey& key);

}  // namespace sealift::sigstore
