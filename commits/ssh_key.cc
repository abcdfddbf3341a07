#include "ssh_key.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/crypto/spki.h>

#include <array>
#include <optional>

namespace sealift::commits {
namespace {

using crypto::SignatureScheme;

constexpr std::size_t kMaxKeyBytes = 16u << 10;
constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kMaxEcdsaNumberBytes = 66;
constexpr std::size_t kMaxRsaBytes = 512;
constexpr std::uint64_t kUserPresent = 0x01;

struct Curve {
  std::string_view type;
  std::string_view name;
  std::string_view identifier;  // in DER
};
using namespace std::string_view_literals;
constexpr std::array<Curve, 4> kCurves = {{
    {"ecdsa-sha2-nistp256", "nistp256", "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
    {"ecdsa-sha2-nistp384", "nistp384", "\x06\x05\x2b\x81\x04\x00\x22"sv},
    {"ecdsa-sha2-nistp521", "nistp521", "\x06\x05\x2b\x81\x04\x00\x23"sv},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "nistp256",
     "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
}};

tl::unexpected<Error> untrusted(std::string message) {
  return fail(ErrorCode::kUntrusted, std::move(message));
}

const Curve* curve_of(std::string_view type) {
  for (const auto& curve : kCurves) {
    if (curve.type == type) return &curve;
  }
  return nullptr;
}

// What the public key is in X.509; empty for a type that is not known or numbers that are not
// there.
std::string read_spki(SshReader& reader, std::string_view type) {
  if (type == "ssh-ed25519" || type == "sk-ssh-ed25519@openssh.com") {
    const auto point = reader.string();
    return reader.good() ? crypto::ed25519_spki(point) : std::string();
  }
  if (type == "ssh-rsa") {
    const auto exponent = reader.unsigned_number();
    const auto modulus = reader.unsigned_number();
    return reader.good() ? crypto::rsa_spki(modulus, exponent) : std::string();
  }
  const auto* curve = curve_of(type);
  if (curve == nullptr || reader.string() != curve->name) return {};
  const auto point = reader.string();
  return reader.good() ? crypto::ec_spki(curve->identifier, point) : std::string();
}

// The form of a signature without what surrounds it: ECDSA in DER, RSA as long as its modulus.
struct RawSignature {
  SignatureScheme scheme;
  std::string bytes;
};

std::optional<RawSignature> raw_ecdsa(const SshKey& key, std::string_view blob) {
  SshReader reader(blob);
  const auto r = reader.unsigned_number();
  const auto s = reader.unsigned_number();
  if (!reader.at_end() || r.size() > kMaxEcdsaNumberBytes || s.size() > kMaxEcdsaNumberBytes) {
    return std::nullopt;
  }
  return RawSignature{crypto::own_scheme(key.key.type()),
                      crypto::write_der(crypto::kDerSequence, crypto::write_der_integer(r) +
                                                                  crypto::write_der_integer(s))};
}

std::optional<RawSignature> raw_rsa(const SshKey& key, std::string_view type,
                                    std::string_view blob) {
  std::size_t width = kMaxRsaBytes;
  if (key.key.type() == crypto::KeyType::kRsa2048) width = 256;
  if (key.key.type() == crypto::KeyType::kRsa3072) width = 384;
  if (blob.size() > width || blob.empty()) return std::nullopt;
  // Zeros in front may be missing (RFC 8332, section 3, leaves it open).
  const std::string bytes = std::string(width - blob.size(), '\0') + std::string(blob);
  if (type == "rsa-sha2-256") return RawSignature{SignatureScheme::kRsaPkcs1Sha256, bytes};
  if (type == "rsa-sha2-512") return RawSignature{SignatureScheme::kRsaPkcs1Sha512, bytes};
  return std::nullopt;
}

std::optional<RawSignature> raw_signature(const SshKey& key, std::string_view type,
                                          std::string_view blob) {
  if (key.type == "ssh-rsa") return raw_rsa(key, type, blob);
  if (type != key.type) return std::nullopt;
  if (curve_of(type) != nullptr) return raw_ecdsa(key, blob);
  if (blob.size() != kEd25519SignatureBytes) return std::nullopt;
  return RawSignature{SignatureScheme::kEd25519, std::string(blob)};
}

// What a security key signs (PROTOCOL.u2f, SSH U2F signatures). `rest` is what stands behind the
// signature: flags and counter.
std::string security_key_message(const SshKey& key, std::string_view message,
                                 std::string_view rest) {
  using crypto::HashAlgorithm;
  return crypto::hash(HashAlgorithm::kSha256, key.application) + std::string(rest) +
         crypto::hash(HashAlgorithm::kSha256, message);
}

}  // namespace

Result<SshKey> read_ssh_key_numbers(SshReader& reader, std::string_view type) {
  const auto spki = read_spki(reader, type);
  const std::string shown = "the SSH key of type " + printable(type);
  if (spki.empty()) return untrusted(shown + " is of a type that does not count or is damaged");
  std::string application;
  if (type.starts_with("sk-")) application = reader.string();
  if (!reader.good()) return untrusted(shown + " is cut off");
  auto key = crypto::PublicKey::from_der(spki, shown);
  if (!key) return untrusted(key.error().message());
  return SshKey{std::string(type), *std::move(key), std::move(application)};
}

Result<SshKey> read_ssh_key(std::string_view blob) {
  if (blob.size() > kMaxKeyBytes) return untrusted("the SSH key is larger than 16 KiB");
  SshReader reader(blob);
  const auto type = reader.string();
  SEALIFT_ASSIGN(auto key, read_ssh_key_numbers(reader, type));
  if (!reader.at_end()) return untrusted("the SSH key has a rest behind it");
  return key;
}

std::string ssh_fingerprint(std::string_view blob) {
  std::string text = base64_encode(crypto::hash(crypto::HashAlgorithm::kSha256, blob));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

Result<> verify_ssh_signature(const SshKey& key, std::string_view message,
                              std::string_view signature) {
  SshReader reader(signature);
  const auto type = reader.string();
  const auto blob = reader.string();
  if (type == "ssh-rsa") return untrusted("the SSH signature is over SHA-1, which proves nothing");
  std::string signed_message(message);
  if (key.is_security_key()) {
    const auto rest = reader.rest();
    const auto flags = reader.number(1);
    reader.number(4);  // the counter, which says nothing without the one before
    if (reader.good() && (flags & kUserPresent) == 0) {
      return untrusted("the security key was not touched for the signature");
    }
    signed_message = security_key_message(key, message, rest);
  }
  const auto raw = raw_signature(key, type, blob);
  if (!reader.at_end() || !raw) return untrusted("the SSH signature is damaged");
  auto verified = crypto::verify_signature(key.key, raw->scheme, signed_message, raw->bytes);
  if (!verified) return untrusted("the SSH signature does not fit what it stands under");
  return {};
}

}  // namespace sealift::commits
