#include "ed25519.h"

#include <sodium.h>

namespace sealift::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

bool is_ed25519_key(std::string_view public_key) {
  return public_key.size() == crypto_core_ed25519_BYTES && sodium_init() >= 0 &&
         crypto_core_ed25519_is_valid_point(bytes_of(public_key)) == 1;
}

bool verify_ed25519ph(std::string_view public_key, std::string_view message,
                      std::string_view signature) {
  if (public_key.size() != crypto_sign_ed25519_PUBLICKEYBYTES ||
      signature.size() != crypto_sign_ed25519_BYTES || sodium_init() < 0) {
    return false;
  }
  crypto_sign_ed25519ph_state state;
  return crypto_sign_ed25519ph_init(&state) == 0 &&
         crypto_sign_ed25519ph_update(&state, bytes_of(message), message.size()) == 0 &&
         crypto_sign_ed25519ph_final_verify(&state, bytes_of(signature), bytes_of(public_key)) == 0;
}

}  // namespace sealift::crypto
