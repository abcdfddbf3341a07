#include <sealift/crypto/hash.h>

#include <openssl/evp.h>
#include <cstdlib>

namespace sealift::crypto {
namespace {

// OpenSSL 3 looks an algorithm up by name on each use of EVP_sha256(); fetched once, a short hash
// takes half the time.
const EVP_MD* fetched(HashAlgorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA2-384", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return sha256;
    case HashAlgorithm::kSha384:
      return sha384;
    case HashAlgorithm::kSha512:
      return sha512;
  }
  return sha256;
}

}  // namespace

std::string_view to_string(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return "sha256";
    case HashAlgorithm::kSha384:
      return "sha384";
    case HashAlgorithm::kSha512:
      return "sha512";
  }
  return "sha256";
}

std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name) {
  for (const auto algorithm :
       {HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512}) {
    if (name == to_string(algorithm)) return algorithm;
  }
  return std::nullopt;
}

std::size_t hash_size(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return 32;
    case HashAlgorithm::kSha384:
      return 48;
    case HashAlgorithm::kSha512:
      return 64;
  }
  return 32;
}

std::string hash(HashAlgorithm algorithm, std::string_view bytes) {
  std::string result(hash_size(algorithm), '\0');
  // Only lack of memory can make this fail, and then nothing may be believed any more.
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(result.data()),
                 nullptr, fetched(algorithm), nullptr) != 1) {
    std::abort();
  }
  return result;
}

}  // namespace sealift::crypto
