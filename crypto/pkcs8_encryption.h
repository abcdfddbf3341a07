#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/secret.h>

#include <string_view>

namespace sealift::crypto {

// OpenSSL's own "ENCRYPTED PRIVATE KEY": EncryptedPrivateKeyInfo (RFC 5958, section 3) under PBES2
// (RFC 8018, section 6.2) with PBKDF2 of at most 10,000,000 rounds or scrypt of at most 128 MiB.
// Gives PKCS#8. kInvalidInput for another scheme; kUnauthenticated where the password does not
// open it.
Result<Secret> open_encrypted_pkcs8(std::string_view der, std::string_view password,
                                    std::string_view what);

}  // namespace sealift::crypto
