#include "checkpoint_key_id.h"

#include <sealift/base/digest.h>

namespace sealift::sigstore {
namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr char kEd25519Algorithm = '\x01';

}  // namespace

std::string checkpoint_key_id(const crypto::PublicKey& key, std::string_view origin) {
  std::string hashed = key.der();
  if (key.type() == crypto::KeyType::kEd25519) {
    // The point is the end of the SPKI (RFC 8410, section 4).
    const std::string point = hashed.substr(hashed.size() - kEd25519Bytes);
    hashed = std::string(origin) + '\n' + kEd25519Algorithm + point;
  }
  return Digest::of(hashed).raw().substr(0, kCheckpointKeyIdBytes);
}

}  // namespace sealift::sigstore
