#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/keys.h>

#include <optional>
#include <string>
#include <string_view>

#include "evp_key.h"

namespace sealift::crypto {

// Of a key in memory OpenSSL's object, of another the device; the other one is null. They live as
// long as the key.
evp_pkey_st* evp_of(const PrivateKey& key);
const SigningDevice* device_of(const PrivateKey& key);

// OpenSSL's name of a hash; null for none.
const evp_md_st* evp_hash(std::optional<HashAlgorithm> hash);

// Signs in memory or in the device, over that hash; Ed25519 hashes on its own. kIo; kInvalidInput
// where a device is asked for PSS; kUntrusted where what a device gives does not fit the public
// key; the device's errors.
Result<std::string> private_signature(const PrivateKey& key, std::optional<HashAlgorithm> hash,
                                      RsaPadding padding, std::string_view message);

}  // namespace sealift::crypto
