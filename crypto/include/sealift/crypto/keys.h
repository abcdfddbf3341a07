#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sealift::crypto {

class SigningDevice;

enum class KeyType { kEcdsaP256, kEcdsaP384, kEcdsaP521, kRsa2048, kRsa3072, kRsa4096, kEd25519 };
std::string_view to_string(KeyType type);  // "ecdsa-p256", …
Result<KeyType> parse_key_type(std::string_view text);

// A public key of a type in the list above.
class PublicKey {
 public:
  // PEM: SPKI ("PUBLIC KEY") or PKCS#1 ("RSA PUBLIC KEY"); at most 64 KiB. kInvalidInput.
  static Result<PublicKey> from_pem(std::string_view pem, std::string_view what);
  static Result<PublicKey> from_der(std::string_view spki_der, std::string_view what);

  KeyType type() const;
  const std::string& der() const;  // SPKI
  std::string to_pem() const;
  // base64(SHA-256(SPKI)), as bundles name a key.
  std::string hint() const;
  // "sha256:<hex of SPKI>": what evidence prints and thresholds count.
  std::string fingerprint() const;

  // Checks a signature as cosign makes it: ECDSA as ASN.1 DER over the key's own hash or, because
  // cosign's commands disagree there, SHA-256; RSA PKCS#1 v1.5 with SHA-256; Ed25519 pure and
  // Ed25519ph. kUntrusted where it does not fit.
  Result<> verify(std::string_view message, std::string_view signature) const;
  // The same for a message of which only the digest is at hand: with that hash alone. Ed25519 needs
  // the message itself: kInvalidInput.
  Result<> verify_digest(const Digest& digest, std::string_view signature) const;

 private:
  struct Impl;
  explicit PublicKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // Takes over one reference to OpenSSL's object of the key that `spki_der` is read as. As
  // from_der().
  static Result<PublicKey> adopt(evp_pkey_st* key, std::string_view spki_der,
                                 std::string_view what);
  friend class Certificate;
  friend class PrivateKey;
  // OpenSSL's object, for the other files of this room; lives as long as the key.
  friend evp_pkey_st* evp_of(const PublicKey& key);
  std::shared_ptr<const Impl> impl_;
};

// A private key in memory, wiped when the last copy goes, or in a device that signs with it.
class PrivateKey {
 public:
  static Result<PrivateKey> generate(KeyType type);
  // PEM: cosign's encrypted forms ("ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE
  // KEY") opened with the password, and plain PKCS#8. kInvalidInput; kUnauthenticated for a wrong
  // password; kIo where there is no memory for scrypt (64 MiB).
  static Result<PrivateKey> from_pem(std::string_view pem, std::string_view password,
                                     std::string_view what);
  // Takes SEC1, PKCS#1 and OpenSSL's own encrypted PKCS#8 as well.
  static Result<PrivateKey> import_pem(std::string_view pem, std::string_view password,
                                       std::string_view what);
  // The private half of that key, which the device keeps to itself.
  static PrivateKey in_device(PublicKey public_key, std::shared_ptr<const SigningDevice> device);

  KeyType type() const;
  PublicKey public_key() const;
  // False for a key in a device; the two functions below may be called for the others alone.
  bool is_in_memory() const;
  // "ENCRYPTED SIGSTORE PRIVATE KEY" with scrypt N=65536, r=8, p=1, as cosign writes it.
  Result<std::string> to_encrypted_pem(std::string_view password, Random& random) const;
  std::string to_plain_pem() const;

  // Over SHA-256 with every ECDSA and RSA key, because that is what cosign and those who build on
  // it check by default, also for P-384 and P-521; Ed25519 pure. kIo; the device's errors.
  Result<std::string> sign(std::string_view message) const;

 private:
  struct Impl;
  // For the other files of this room: OpenSSL's object, which lives as long as the key, and the
  // device; one of the two is null.
  friend evp_pkey_st* evp_of(const PrivateKey& key);
  friend const SigningDevice* device_of(const PrivateKey& key);
  explicit PrivateKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// True where a PEM file needs a password before it can be used.
bool is_encrypted_pem(std::string_view pem);

}  // namespace sealift::crypto
