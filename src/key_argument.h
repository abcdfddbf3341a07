#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <stop_token>
#include <string>

#include "password.h"

namespace sealift::program {

// What "--key" may be: a file, or a key in a token by its pkcs11: URI (RFC 7512).

// For messages and evidence: without a PIN.
Result<std::string> name_of_key(const std::string& argument);

// A private key from a file, asking for its password where it has one, or in a token, asking for
// the PIN where it wants one and the URI has none. Errors of crypto::PrivateKey::from_pem() and
// pkcs11::open_private_key().
Result<crypto::PrivateKey> load_private_key(const std::string& argument,
                                            const PasswordSource& password, std::stop_token stop);

// A public key from a file or a token; no PIN is needed. Errors of crypto::PublicKey::from_pem()
// and pkcs11::read_public_key().
Result<crypto::PublicKey> load_public_key(const std::string& argument);

}  // namespace sealift::program
