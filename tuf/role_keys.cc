#include <sealift/base/encoding.h>
#include <sealift/tuf/role_keys.h>

#include <algorithm>
#include <array>
#include <set>

namespace sealift::tuf {
namespace {

using crypto::PublicKey;
using crypto::SignatureScheme;

struct NamedScheme {
  std::string_view name;
  SignatureScheme scheme;
  std::string_view family;
};

constexpr std::array kSchemes{
    NamedScheme{"ecdsa-sha2-nistp256", SignatureScheme::kEcdsaP256Sha256, "ecdsa"},
    NamedScheme{"ecdsa-sha2-nistp384", SignatureScheme::kEcdsaP384Sha384, "ecdsa"},
    NamedScheme{"ecdsa-sha2-nistp521", SignatureScheme::kEcdsaP521Sha512, "ecdsa"},
    NamedScheme{"ed25519", SignatureScheme::kEd25519, "ed25519"},
    NamedScheme{"rsassa-pss-sha256", SignatureScheme::kRsaPssSha256, "rsa"},
    NamedScheme{"rsassa-pss-sha384", SignatureScheme::kRsaPssSha384, "rsa"},
    NamedScheme{"rsassa-pss-sha512", SignatureScheme::kRsaPssSha512, "rsa"},
    NamedScheme{"rsa-pkcs1v15-sha256", SignatureScheme::kRsaPkcs1Sha256, "rsa"},
    NamedScheme{"rsa-pkcs1v15-sha384", SignatureScheme::kRsaPkcs1Sha384, "rsa"},
    NamedScheme{"rsa-pkcs1v15-sha512", SignatureScheme::kRsaPkcs1Sha512, "rsa"},
};

// The DER of a SubjectPublicKeyInfo up to the key itself (RFC 5480, RFC 8410): those keys have a
// fixed length, so what is in front of them is fixed too.
std::string_view spki_prefix(SignatureScheme scheme) {
  using namespace std::string_view_literals;
  switch (scheme) {
    case SignatureScheme::kEcdsaP256Sha256:
      return "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03"
             "\x01\x07\x03\x42\x00"sv;
    case SignatureScheme::kEcdsaP384Sha384:
      return "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03"
             "\x62\x00"sv;
    case SignatureScheme::kEd25519:
      return "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
    default:
      return {};
  }
}

Result<PublicKey> read_public(const NamedScheme& named, std::string_view value) {
  if (value.find("-----BEGIN") != std::string_view::npos) {
    return PublicKey::from_pem(value, "the public value");
  }
  const auto prefix = spki_prefix(named.scheme);
  if (prefix.empty()) {
    return fail(ErrorCode::kInvalidInput, "the public value is no PEM block");
  }
  SEALIFT_ASSIGN_CONTEXT(const auto raw, hex_decode(value), "the public value");
  return PublicKey::from_der(std::string(prefix) + raw, "the public value");
}

std::string_view family_of(std::string_view key_type) {
  return key_type.starts_with("ecdsa-sha2-nistp") ? "ecdsa" : key_type;
}

// Why a signature counts for nothing; empty where it counts.
std::string judge(const RoleKeys& keys, const Signature& signature, std::string_view signed_bytes,
                  std::set<std::string>& counted) {
  const auto at = std::find_if(keys.keys.begin(), keys.keys.end(),
                               [&](const auto& key) { return key->id == signature.key_id; });
  if (at == keys.keys.end()) return "is by a key that may not sign this role, or is not given";
  const auto& usable = (*at)->key;
  if (!usable) return (*at)->why_unusable;
  if (signature.bytes.empty()) return "is empty or no hex";
  const auto good =
      crypto::verify_signature(usable->key, usable->scheme, signed_bytes, signature.bytes);
  if (!good) return "does not fit the content";
  if (!counted.insert(usable->key.fingerprint()).second) return "is by a key that signed already";
  return {};
}

}  // namespace

Result<VerificationKey> read_verification_key(std::string_view key_type, std::string_view scheme,
                                              std::string_view public_value) {
  const auto named = std::find_if(kSchemes.begin(), kSchemes.end(),
                                  [&](const NamedScheme& known) { return known.name == scheme; });
  if (named == kSchemes.end() || named->family != family_of(key_type)) {
    return fail(ErrorCode::kInvalidInput, "keys of type \"" + printable(key_type, 40) +
                                              "\" with scheme \"" + printable(scheme, 40) +
                                              "\" are not known here");
  }
  SEALIFT_ASSIGN(auto key, read_public(*named, public_value));
  if (!crypto::suits(named->scheme, key.type())) {
    return fail(ErrorCode::kInvalidInput,
                "the public value is a key of type " + std::string(crypto::to_string(key.type())) +
                    ", which does not suit the scheme " + std::string(scheme));
  }
  return VerificationKey{std::move(key), named->scheme};
}

Checked<> verify_signatures(const RoleKeys& keys, const std::vector<Signature>& signatures,
                            std::string_view signed_bytes, std::string_view role,
                            std::int64_t version) {
  std::set<std::string> counted;
  std::string problems;
  for (const auto& signature : signatures) {
    const auto problem = judge(keys, signature, signed_bytes, counted);
    if (problem.empty()) continue;
    if (problems.size() < 1000) {
      problems += "; the signature of key " + printable(signature.key_id, 12) + " " + problem;
    }
  }
  if (static_cast<std::int64_t>(counted.size()) >= keys.threshold) return {};
  return fail(Refusal{RefusalKind::kSignatures, std::string(role), version,
                      describe_role(role, version) + " is signed by " +
                          std::to_string(counted.size()) + " of the keys that may sign it, " +
                          std::to_string(keys.threshold) + " are needed" + problems});
}

bool lost_a_key(const RoleKeys& before, const RoleKeys& after) {
  std::set<std::string> remaining;
  for (const auto& key : after.keys) {
    if (key->key) remaining.insert(key->key->key.fingerprint());
  }
  return std::any_of(before.keys.begin(), before.keys.end(), [&](const auto& key) {
    return key->key && !remaining.contains(key->key->key.fingerprint());
  });
}

}  // namespace sealift::tuf
