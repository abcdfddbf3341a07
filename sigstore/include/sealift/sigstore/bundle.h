#pragma once

#include <sealift/base/result.h>
#include <sealift/sigstore/dsse.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::sigstore {

inline constexpr std::string_view kBundleMediaType =
    "application/vnd.dev.sigstore.bundle.v0.3+json";
// What each version's media type begins with.
inline constexpr std::string_view kBundleMediaTypePrefix = "application/vnd.dev.sigstore.bundle";

// A Sigstore bundle (protobuf-specs, sigstore_bundle.proto) of version 0.1, 0.2 or 0.3.
struct Bundle {
  enum class Version { k01, k02, k03 };
  enum class Material {
    kPublicKey,    // `hint` names a key that the verifier must have
    kCertificate,  // a certificate, or a chain of them before 0.3
  };
  Version version = Version::k03;
  Material material = Material::kPublicKey;
  std::string hint;
  // Nullopt where the bundle signs bytes directly (messageSignature).
  std::optional<DsseEnvelope> envelope;
};

// Strict: members that the format does not have are refused, as is more than one kind of material
// or content, or more than 32 log entries. Log entries and time stamps are not read further: a key
// that a policy names needs neither. kInvalidInput.
Result<Bundle> parse_bundle(std::string_view bytes, const std::string& what);

// Version 0.3 with `hint` (PublicKey::hint()) as material, in the members that cosign reads.
std::string serialize_bundle(std::string_view hint, const DsseEnvelope& envelope);

}  // namespace sealift::sigstore
