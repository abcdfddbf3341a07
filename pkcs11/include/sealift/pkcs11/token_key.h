#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/secret.h>
#include <sealift/pkcs11/key_uri.h>

#include <functional>
#include <string>

namespace sealift::pkcs11 {

// What the URI does not say itself.
struct TokenAccess {
  // The PKCS#11 module (a shared library) where the URI names none; empty: those that the machine's
  // p11-kit configuration lists.
  std::string module_path;
  // Asked for the PIN of the token with that label, at most once, where the URI has none and the
  // token wants one. Its errors are passed on.
  std::function<Result<crypto::Secret>(const std::string& token)> pin;
  FileSystem& files;
};

// Finds the one token and the one key that the URI means, logs in and leaves the session open as
// long as a copy of the key lives. The token signs with ECDSA, RSA (PKCS#1 v1.5) or Ed25519. Of the
// URI's attributes "type" does not count: both halves of a pair are asked for by one URI.
//
// kNotFound: no module, no token, no key. kInvalidInput: several tokens or keys fit; the key's type
// is none of crypto::KeyType; the token lacks the mechanism. kUnauthenticated: the PIN is wrong or
// locked; it is tried once, because tokens lock. kUnavailable: the token was taken out. kIo.
Result<crypto::PrivateKey> open_private_key(const KeyUri& uri, const TokenAccess& access);

// The public half, from the public key or the certificate of that name, without a login. Errors as
// above, but for those of the PIN.
Result<crypto::PublicKey> read_public_key(const KeyUri& uri, const TokenAccess& access);

}  // namespace sealift::pkcs11
