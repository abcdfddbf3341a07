#pragma once

#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/crypto/secret.h>

#include <string>
#include <string_view>

namespace sealift::crypto {

// cosign's envelope around a private key: JSON that names scrypt and NaCl's secretbox with their
// parameters. `json` is what the PEM block holds. kInvalidInput for another form, for scrypt
// parameters other than N of 32768, 65536 or 131072 with r=8 and p=1 (a file could otherwise ask
// for any amount of memory); kUnauthenticated where the password does not open it.
Result<Secret> open_encrypted_key(std::string_view json, std::string_view password,
                                  std::string_view what);

// With N=65536, a fresh salt and a fresh nonce.
Result<std::string> seal_encrypted_key(std::string_view key, std::string_view password,
                                       Random& random);

}  // namespace sealift::crypto
