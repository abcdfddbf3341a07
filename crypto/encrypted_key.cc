#include "encrypted_key.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/crypto/pem.h>

#include <sodium.h>
#include <cstdint>

namespace sealift::crypto {
namespace {

constexpr std::size_t kSaltBytes = 32;
constexpr std::int64_t kOurN = 65536;
constexpr std::int64_t kR = 8;
constexpr std::int64_t kP = 1;

struct Envelope {
  std::int64_t n = 0;
  std::string salt;
  std::string nonce;
  std::string ciphertext;
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Result<std::string> base64_member(ObjectReader& reader, std::string_view name, std::size_t size) {
  SEALIFT_ASSIGN(auto text, reader.required_string(name));
  auto bytes = base64_decode(text);
  if (!bytes) return fail(reader.error_at(name, "is not base64 text"));
  if (size != 0 && bytes->size() != size) {
    return fail(reader.error_at(name, "must hold " + std::to_string(size) + " bytes, not " +
                                          std::to_string(bytes->size())));
  }
  return std::move(*bytes);
}

Result<Envelope> read_kdf(ObjectReader& top) {
  Envelope envelope;
  SEALIFT_ASSIGN(auto kdf, top.required_object("kdf"));
  SEALIFT_ASSIGN(const auto name, kdf.required_string("name"));
  if (name != "scrypt") return fail(kdf.error_at("name", "must be scrypt"));
  SEALIFT_ASSIGN(auto params, kdf.required_object("params"));
  SEALIFT_ASSIGN(envelope.n, params.required_int("N"));
  SEALIFT_ASSIGN(const auto r, params.required_int("r"));
  SEALIFT_ASSIGN(const auto p, params.required_int("p"));
  if ((envelope.n != 32768 && envelope.n != 65536 && envelope.n != 131072) || r != kR || p != kP) {
    return fail(kdf.error_at(
        "params", "must be N 32768, 65536 or 131072 with r 8 and p 1, as cosign writes them"));
  }
  SEALIFT_TRY(params.finish());
  SEALIFT_ASSIGN(envelope.salt, base64_member(kdf, "salt", kSaltBytes));
  SEALIFT_TRY(kdf.finish());
  return envelope;
}

Result<Envelope> parse_envelope(std::string_view json, std::string_view what) {
  SEALIFT_ASSIGN(const auto document,
                 parse_json(json, what, {.max_bytes = kMaxPemBytes, .max_depth = 4}));
  SEALIFT_ASSIGN(auto top, ObjectReader::open(document, std::string(what)));
  SEALIFT_ASSIGN(auto envelope, read_kdf(top));
  SEALIFT_ASSIGN(auto cipher, top.required_object("cipher"));
  SEALIFT_ASSIGN(const auto name, cipher.required_string("name"));
  if (name != "nacl/secretbox") return fail(cipher.error_at("name", "must be nacl/secretbox"));
  SEALIFT_ASSIGN(envelope.nonce, base64_member(cipher, "nonce", crypto_secretbox_NONCEBYTES));
  SEALIFT_TRY(cipher.finish());
  SEALIFT_ASSIGN(envelope.ciphertext, base64_member(top, "ciphertext", 0));
  SEALIFT_TRY(top.finish());
  if (envelope.ciphertext.size() <= crypto_secretbox_MACBYTES) {
    return fail(top.error_at("ciphertext", "is too short to hold a key"));
  }
  return envelope;
}

Result<Secret> derive(std::string_view password, std::string_view salt, std::int64_t n) {
  Secret key = Secret::of_size(crypto_secretbox_KEYBYTES);
  if (sodium_init() < 0 || crypto_pwhash_scryptsalsa208sha256_ll(
                               bytes_of(password), password.size(), bytes_of(salt), salt.size(),
                               static_cast<std::uint64_t>(n), kR, kP,
                               reinterpret_cast<unsigned char*>(key.data()), key.size()) != 0) {
    return fail(ErrorCode::kIo, "deriving the key from the password failed: scrypt needs " +
                                    std::to_string(n * kR * 128 >> 20) + " MiB of memory");
  }
  return key;
}

}  // namespace

Result<Secret> open_encrypted_key(std::string_view json, std::string_view password,
                                  std::string_view what) {
  SEALIFT_ASSIGN(const auto envelope, parse_envelope(json, what));
  SEALIFT_ASSIGN(const auto key, derive(password, envelope.salt, envelope.n));
  Secret plain = Secret::of_size(envelope.ciphertext.size() - crypto_secretbox_MACBYTES);
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                 bytes_of(envelope.ciphertext), envelope.ciphertext.size(),
                                 bytes_of(envelope.nonce), bytes_of(key.view())) != 0) {
    return fail(ErrorCode::kUnauthenticated,
                std::string(what) + ": the password does not open this key");
  }
  return plain;
}

Result<std::string> seal_encrypted_key(std::string_view key, std::string_view password,
                                       Random& random) {
  const std::string salt = random.bytes(kSaltBytes);
  const std::string nonce = random.bytes(crypto_secretbox_NONCEBYTES);
  SEALIFT_ASSIGN(const auto derived, derive(password, salt, kOurN));
  std::string sealed(key.size() + crypto_secretbox_MACBYTES, '\0');
  crypto_secretbox_easy(reinterpret_cast<unsigned char*>(sealed.data()), bytes_of(key), key.size(),
                        bytes_of(nonce), bytes_of(derived.view()));

  const Json::Object params{{"N", kOurN}, {"r", kR}, {"p", kP}};
  const Json::Object kdf{{"name", "scrypt"}, {"params", params}, {"salt", base64_encode(salt)}};
  const Json::Object cipher{{"name", "nacl/secretbox"}, {"nonce", base64_encode(nonce)}};
  return dump_json(
      Json::Object{{"kdf", kdf}, {"cipher", cipher}, {"ciphertext", base64_encode(sealed)}});
}

}  // namespace sealift::crypto
