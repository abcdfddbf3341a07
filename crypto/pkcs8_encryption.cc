#include "pkcs8_encryption.h"

#include <openssl/crypto.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <climits>
#include <memory>

#include "evp_key.h"

namespace sealift::crypto {
namespace {

constexpr std::int64_t kMaxRounds = 10'000'000;
constexpr std::uint64_t kMaxScryptBytes = 128u << 20;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using Signature = std::unique_ptr<X509_SIG, Free<X509_SIG_free>>;
using Pbes2 = std::unique_ptr<PBE2PARAM, Free<PBE2PARAM_free>>;
using Pbkdf2 = std::unique_ptr<PBKDF2PARAM, Free<PBKDF2PARAM_free>>;
using Scrypt = std::unique_ptr<SCRYPT_PARAMS, Free<SCRYPT_PARAMS_free>>;

Error broken(std::string_view what, std::string_view why) {
  return Error(ErrorCode::kInvalidInput, std::string(what) + ": " + std::string(why));
}

template <typename T>
T* unpack(const X509_ALGOR* algorithm, const ASN1_ITEM* item, int* nid) {
  const ASN1_OBJECT* object = nullptr;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  *nid = OBJ_obj2nid(object);
  if (type != V_ASN1_SEQUENCE || value == nullptr) return nullptr;
  return static_cast<T*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item));
}

bool scrypt_is_bounded(const SCRYPT_PARAMS& params) {
  std::uint64_t n = 0;
  std::uint64_t r = 0;
  std::uint64_t p = 0;
  return ASN1_INTEGER_get_uint64(&n, params.costParameter) == 1 &&
         ASN1_INTEGER_get_uint64(&r, params.blockSize) == 1 &&
         ASN1_INTEGER_get_uint64(&p, params.parallelizationParameter) == 1 && n <= (1u << 20) &&
         r <= 64 && p <= 16 && n * r * 128 <= kMaxScryptBytes;
}

// A file could ask for hours of hashing before its password is found to be wrong.
Result<> check_cost(const X509_ALGOR* algorithm, std::string_view what) {
  int nid = 0;
  const Pbes2 scheme(unpack<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM), &nid));
  if (nid != NID_pbes2 || !scheme) {
    return fail(broken(what,
                       "is encrypted with an outdated scheme; convert the key with `openssl pkcs8 "
                       "-topk8 -v2 aes-256-cbc`"));
  }
  int kdf = 0;
  const X509_ALGOR* function = scheme->keyfunc;
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, function);
  if (OBJ_obj2nid(object) == NID_id_pbkdf2) {
    const Pbkdf2 params(unpack<PBKDF2PARAM>(function, ASN1_ITEM_rptr(PBKDF2PARAM), &kdf));
    std::int64_t rounds = 0;
    if (params && ASN1_INTEGER_get_int64(&rounds, params->iter) == 1 && rounds > 0 &&
        rounds <= kMaxRounds) {
      return {};
    }
    return fail(broken(
        what, "asks for more than " + std::to_string(kMaxRounds) + " rounds of PBKDF2, the limit"));
  }
  if (OBJ_obj2nid(object) == NID_id_scrypt) {
    const Scrypt params(unpack<SCRYPT_PARAMS>(function, ASN1_ITEM_rptr(SCRYPT_PARAMS), &kdf));
    if (params && scrypt_is_bounded(*params)) return {};
    return fail(broken(what, "asks for more than " + std::to_string(kMaxScryptBytes >> 20) +
                                 " MiB of memory for scrypt, the limit"));
  }
  return fail(broken(what, "derives its key neither with PBKDF2 nor with scrypt"));
}

}  // namespace

Result<Secret> open_encrypted_pkcs8(std::string_view der, std::string_view password,
                                    std::string_view what) {
  const OpensslErrorScope errors;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* at = begin;
  const Signature envelope(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!envelope || at != begin + der.size()) {
    return fail(broken(what, "is not a well-formed encrypted PKCS#8 key"));
  }
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* sealed = nullptr;
  X509_SIG_get0(envelope.get(), &algorithm, &sealed);
  SEALIFT_TRY(check_cost(algorithm, what));
  if (password.size() > INT_MAX) return fail(broken(what, "has a password beyond every limit"));
  unsigned char* plain = nullptr;
  int size = 0;
  if (PKCS12_pbe_crypt(algorithm, password.data(), static_cast<int>(password.size()),
                       ASN1_STRING_get0_data(sealed), ASN1_STRING_length(sealed), &plain, &size,
                       0) == nullptr) {
    return fail(ErrorCode::kUnauthenticated,
                std::string(what) + ": the password does not open this key");
  }
  Secret key(std::string(reinterpret_cast<char*>(plain), static_cast<std::size_t>(size)));
  OPENSSL_clear_free(plain, static_cast<std::size_t>(size));
  return key;
}

}  // namespace sealift::crypto
