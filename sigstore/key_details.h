#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/signature_scheme.h>

#include <string_view>

namespace sealift::sigstore {

// A key and the one way in which it signs.
struct DetailedKey {
  crypto::PublicKey key;
  crypto::SignatureScheme scheme;
};

// Reads `bytes` in the encoding that `details` names (protobuf-specs, sigstore_common.proto,
// PublicKeyDetails): "PKIX_ECDSA_P256_SHA_256" and the like; among those that are deprecated
// PKCS1_RSA_PKCS1V5, which roots in use have. kInvalidInput: another name, another encoding, or
// another type of key than the name says.
Result<DetailedKey> read_detailed_key(std::string_view details, std::string_view bytes,
                                      std::string_view what);

}  // namespace sealift::sigstore
