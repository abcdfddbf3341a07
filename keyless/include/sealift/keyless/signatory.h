#pragma once

#include <sealift/crypto/keys.h>
#include <sealift/keyless/identity_token.h>

#include <variant>

namespace sealift::keyless {

// Who signs: a key of one's own, or whom the token names, with a P-256 key that lives for one
// signature alone.
using Signatory = std::variant<crypto::PrivateKey, IdentityToken>;

}  // namespace sealift::keyless
