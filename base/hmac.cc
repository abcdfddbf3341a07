#include <sealift/base/hmac.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>

namespace sealift {

std::string hmac_sha256(std::string_view key, std::string_view message) {
  constexpr std::size_t kSize = 32;
  std::string code(kSize, '\0');
  std::size_t size = 0;
  // OpenSSL takes a null pointer for "the key of before"; an empty view may hold one.
  const char* const key_bytes = key.empty() ? "" : key.data();
  const auto* done =
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key_bytes, key.size(),
                reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                reinterpret_cast<unsigned char*>(code.data()), code.size(), &size);
  // Without memory or without the algorithm nothing that follows would be safe.
  if (done == nullptr || size != kSize) std::abort();
  return code;
}

bool equal_in_constant_time(std::string_view expected, std::string_view given) {
  // Hashes have one length, so that different lengths take the same way.
  const std::string key = "compare";
  const std::string left = hmac_sha256(key, expected);
  const std::string right = hmac_sha256(key, given);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace sealift
