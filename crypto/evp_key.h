#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/secret.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_st;
struct evp_pkey_st;

namespace sealift::crypto {

// OpenSSL's object of a key; it lives as long as the key. Several threads may verify with it.
evp_pkey_st* evp_of(const PublicKey& key);

struct EvpKeyDeleter {
  void operator()(evp_pkey_st* key) const;
};
// OpenSSL's key object, EVP_PKEY.
using EvpKey = std::unique_ptr<evp_pkey_st, EvpKeyDeleter>;

// While it lives OpenSSL's error queue of this thread is ours; on the way out it is put back as it
// was, so that no later call trips over what we caused.
class OpensslErrorScope {
 public:
  OpensslErrorScope();
  ~OpensslErrorScope();
  OpensslErrorScope(const OpensslErrorScope&) = delete;
  OpensslErrorScope& operator=(const OpensslErrorScope&) = delete;
};

// The type of a key, or kInvalidInput naming what is allowed: another algorithm, another curve, an
// RSA size other than 2048, 3072 and 4096, an even modulus, or an RSA exponent that is even, below
// 65537 or above 2^31 - 1 (Go's limit).
Result<KeyType> classify(evp_pkey_st* key, std::string_view what);

// SPKI (RFC 5280, section 4.1.2.7), to be checked by check_public(), or PKCS#1 (RFC 8017,
// appendix A.1.1).
Result<EvpKey> evp_from_spki(std::string_view der, std::string_view what);
// That the point is on its curve, and that `spki_der`, which the key was read from, is its one DER
// encoding: uncompressed points, named curves, no rest. kInvalidInput.
Result<> check_public(evp_pkey_st* key, std::string_view spki_der, std::string_view what);
Result<EvpKey> evp_from_rsa_public(std::string_view der, std::string_view what);
std::string evp_to_spki(evp_pkey_st* key);

// PKCS#8 (RFC 5958), SEC1 (RFC 5915) and PKCS#1 (RFC 8017, appendix A.1.2) without encryption.
Result<EvpKey> evp_from_pkcs8(std::string_view der, std::string_view what);
Result<EvpKey> evp_from_sec1(std::string_view der, std::string_view what);
Result<EvpKey> evp_from_rsa_private(std::string_view der, std::string_view what);
Secret evp_to_pkcs8(evp_pkey_st* key);

// An ECDSA signature of P-521 has about 140 bytes, one of RSA 4096 has 512.
inline constexpr std::size_t kMaxSignatureBytes = 1024;

// Whether the key made the signature. `hash` is null for Ed25519, which hashes on its own; of PSS
// any length of salt is taken.
enum class RsaPadding { kPkcs1, kPss };
bool evp_verifies(evp_pkey_st* key, const evp_md_st* hash, RsaPadding padding,
                  std::string_view message, std::string_view signature);
// The salt of PSS is as long as the hash (RFC 8017, section 9.1). Nullopt where OpenSSL fails.
std::optional<std::string> evp_sign(evp_pkey_st* key, const evp_md_st* hash, RsaPadding padding,
                                    std::string_view message);

}  // namespace sealift::crypto
