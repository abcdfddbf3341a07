#include "evp_key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <array>
#include <cassert>

namespace sealift::crypto {
namespace {

constexpr std::uint64_t kMinExponent = 65537;
constexpr std::uint64_t kMaxExponent = 0x7fffffff;

Error broken(std::string_view what, std::string_view why) {
  return Error(ErrorCode::kInvalidInput, std::string(what) + ": " + std::string(why));
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const unsigned char* begin_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Result<KeyType> classify_ec(EVP_PKEY* key, std::string_view what) {
  int is_explicit = 1;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
  if (is_explicit != 0) {
    return fail(broken(what, "is an EC key that spells its curve out instead of naming it"));
  }
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1) {
    const std::string_view name = group.data();
    if (name == "prime256v1") return KeyType::kEcdsaP256;
    if (name == "secp384r1") return KeyType::kEcdsaP384;
    if (name == "secp521r1") return KeyType::kEcdsaP521;
  }
  return fail(broken(what, "is an EC key on a curve other than P-256, P-384 and P-521"));
}

bool has_odd_modulus(EVP_PKEY* key) {
  BIGNUM* modulus = nullptr;
  const bool odd = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
                   BN_is_negative(modulus) == 0 && BN_is_odd(modulus) == 1;
  BN_free(modulus);
  return odd;
}

Result<KeyType> classify_rsa(EVP_PKEY* key, std::string_view what) {
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) {
    return fail(broken(what, "is an RSA key without an exponent"));
  }
  const bool fits = BN_num_bits(exponent) <= 31;
  const std::uint64_t value = fits ? BN_get_word(exponent) : 0;
  BN_free(exponent);
  if (!fits || value < kMinExponent || value > kMaxExponent || value % 2 == 0) {
    return fail(broken(
        what, "is an RSA key whose public exponent is not an odd number from 65537 to 2^31"));
  }
  if (!has_odd_modulus(key)) return fail(broken(what, "is an RSA key with an even modulus"));
  switch (const int bits = EVP_PKEY_get_bits(key)) {
    case 2048:
      return KeyType::kRsa2048;
    case 3072:
      return KeyType::kRsa3072;
    case 4096:
      return KeyType::kRsa4096;
    default:
      return fail(broken(what, "is an RSA key of " + std::to_string(bits) +
                                   " bits; only 2048, 3072 and 4096 are accepted"));
  }
}

// `parse` is one of OpenSSL's d2i functions; the input must be used up.
template <typename Parse>
Result<EvpKey> parse_der(std::string_view der, std::string_view what, std::string_view form,
                         Parse parse) {
  const unsigned char* at = begin_of(der);
  EvpKey key(parse(&at, static_cast<long>(der.size())));
  if (!key || at != begin_of(der) + der.size()) {
    return fail(broken(what, "is not a well-formed " + std::string(form) + " key"));
  }
  SEALIFT_TRY(classify(key.get(), what));
  return key;
}

// All of an EC key's SPKI but the point's coordinates (RFC 5480): a named curve and an uncompressed
// point.
std::string_view spki_start(std::string_view group) {
  using namespace std::string_view_literals;
  if (group == "prime256v1") {
    return "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03"
           "\x01\x07\x03\x42\x00\x04"sv;
  }
  if (group == "secp384r1") {
    return "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03"
           "\x62\x00\x04"sv;
  }
  return "\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"
         "\x03\x81\x86\x00\x04"sv;
}

// Whether a key was read from its only encoding. OpenSSL takes as long to write an EC key as to
// verify a signature by it, and what it read has that encoding exactly if it begins like it: the
// rest are two coordinates of fixed size.
bool is_canonical(EVP_PKEY* key, std::string_view spki_der) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) {
    return evp_to_spki(key) == spki_der;
  }
  const std::string_view start = spki_start(group.data());
  const auto coordinate = static_cast<std::size_t>((EVP_PKEY_get_bits(key) + 7) / 8);
  return spki_der.starts_with(start) && spki_der.size() == start.size() + 2 * coordinate;
}

Result<> check_private(EVP_PKEY* key, std::string_view what) {
  // Public and private half belong together; a key that was half overwritten signs in vain.
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
  const bool fits = context != nullptr && EVP_PKEY_pairwise_check(context) == 1;
  EVP_PKEY_CTX_free(context);
  if (!fits) return fail(broken(what, "is a key whose private and public half do not fit"));
  return {};
}

// The forms from before PKCS#8, a format for each algorithm.
Result<EvpKey> evp_from_traditional(int algorithm, std::string_view der, std::string_view what,
                                    std::string_view format) {
  const OpensslErrorScope errors;
  SEALIFT_ASSIGN(auto key, parse_der(der, what, format, [&](const unsigned char** at, long size) {
                   return d2i_PrivateKey(algorithm, nullptr, at, size);
                 }));
  SEALIFT_TRY(check_private(key.get(), what));
  return key;
}

}  // namespace

void EvpKeyDeleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

OpensslErrorScope::OpensslErrorScope() { ERR_set_mark(); }
OpensslErrorScope::~OpensslErrorScope() { ERR_pop_to_mark(); }

Result<KeyType> classify(evp_pkey_st* key, std::string_view what) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return classify_ec(key, what);
    case EVP_PKEY_RSA:
      return classify_rsa(key, what);
    case EVP_PKEY_ED25519:
      return KeyType::kEd25519;
    default:
      return fail(broken(what, "is a key of another algorithm than ECDSA, RSA and Ed25519"));
  }
}

Result<EvpKey> evp_from_spki(std::string_view der, std::string_view what) {
  const OpensslErrorScope errors;
  return parse_der(der, what, "public", [](const unsigned char** at, long size) {
    return d2i_PUBKEY(nullptr, at, size);
  });
}

Result<> check_public(evp_pkey_st* key, std::string_view spki_der, std::string_view what) {
  const OpensslErrorScope errors;
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
  const bool sound = context != nullptr && (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
                                            EVP_PKEY_public_check_quick(context) == 1);
  EVP_PKEY_CTX_free(context);
  if (!sound) return fail(broken(what, "is an EC key whose point is not on its curve"));
  // One key, one encoding: the fingerprint that thresholds count is a hash of these bytes.
  EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                 OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
  if (!is_canonical(key, spki_der)) {
    return fail(broken(what,
                       "is a public key in an encoding other than DER with a named curve and an "
                       "uncompressed point"));
  }
  return {};
}

Result<EvpKey> evp_from_rsa_public(std::string_view der, std::string_view what) {
  const OpensslErrorScope errors;
  return parse_der(der, what, "PKCS#1 public", [](const unsigned char** at, long size) {
    return d2i_PublicKey(EVP_PKEY_RSA, nullptr, at, size);
  });
}

std::string evp_to_spki(evp_pkey_st* key) {
  const OpensslErrorScope errors;
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

Result<EvpKey> evp_from_pkcs8(std::string_view der, std::string_view what) {
  const OpensslErrorScope errors;
  SEALIFT_ASSIGN(auto key, parse_der(der, what, "PKCS#8", [](const unsigned char** at, long size) {
                   EVP_PKEY* parsed = nullptr;
                   PKCS8_PRIV_KEY_INFO* info = d2i_PKCS8_PRIV_KEY_INFO(nullptr, at, size);
                   if (info != nullptr) parsed = EVP_PKCS82PKEY(info);
                   PKCS8_PRIV_KEY_INFO_free(info);
                   return parsed;
                 }));
  SEALIFT_TRY(check_private(key.get(), what));
  return key;
}

Result<EvpKey> evp_from_sec1(std::string_view der, std::string_view what) {
  return evp_from_traditional(EVP_PKEY_EC, der, what, "SEC1");
}

Result<EvpKey> evp_from_rsa_private(std::string_view der, std::string_view what) {
  return evp_from_traditional(EVP_PKEY_RSA, der, what, "PKCS#1");
}

Secret evp_to_pkcs8(evp_pkey_st* key) {
  const OpensslErrorScope errors;
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key);
  assert(info != nullptr);
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes);
  PKCS8_PRIV_KEY_INFO_free(info);
  assert(size > 0);
  Secret der(std::string(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)));
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  return der;
}

bool evp_verifies(evp_pkey_st* key, const evp_md_st* hash, RsaPadding padding,
                  std::string_view message, std::string_view signature) {
  if (signature.size() > kMaxSignatureBytes) return false;
  const OpensslErrorScope errors;
  const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, key) != 1) {
    return false;
  }
  if (padding == RsaPadding::kPss &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), begin_of(signature), signature.size(), begin_of(message),
                          message.size()) == 1;
}

std::optional<std::string> evp_sign(evp_pkey_st* key, const evp_md_st* hash, RsaPadding padding,
                                    std::string_view message) {
  const OpensslErrorScope errors;
  const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, key) != 1) {
    return std::nullopt;
  }
  if (padding == RsaPadding::kPss &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return std::nullopt;
  }
  std::string signature(kMaxSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     begin_of(message), message.size()) != 1) {
    return std::nullopt;
  }
  signature.resize(size);
  return signature;
}

}  // namespace sealift::crypto
