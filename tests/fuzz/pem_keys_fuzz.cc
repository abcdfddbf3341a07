#include <sealift/crypto/keys.h>
#include <sealift/crypto/pem.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Framing first, then each reader behind it. A key that is accepted has one encoding, so writing it
// gives the same key back; what arrives as PEM must leave as PEM.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::crypto;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto blocks = read_pem(bytes, "input")) {
    for (const auto& block : *blocks) {
      const auto again = read_single_pem(write_pem(block.label, block.content.view()), "output");
      if (again && again->content.view() != block.content.view()) std::abort();
    }
  }
  if (const auto key = PublicKey::from_pem(bytes, "input")) {
    const auto again = PublicKey::from_pem(key->to_pem(), "output");
    if (!again || again->fingerprint() != key->fingerprint()) std::abort();
    (void)key->verify("message", bytes);
  }
  // scrypt and PBKDF2 would take all the time; both stand behind parsers that are reached without.
  if (is_encrypted_pem(bytes)) return 0;
  if (const auto key = PrivateKey::import_pem(bytes, "", "input")) {
    const auto signature = key->sign("message");
    if (signature && !key->public_key().verify("message", *signature)) std::abort();
  }
  return 0;
}
