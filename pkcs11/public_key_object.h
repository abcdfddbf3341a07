#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include "token_session.h"

namespace sealift::pkcs11 {

// The public key that an object shows: a public key; a certificate; a private key where the token
// keeps the public half with it, otherwise kNotFound. kInvalidInput for a type of key that is not
// ours.
Result<crypto::PublicKey> public_key_of(const TokenSession& session, Number object,
                                        const std::string& what);

}  // namespace sealift::pkcs11
