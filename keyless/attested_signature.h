#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/signatory.h>
#include <sealift/keyless/signing_services.h>
#include <sealift/sigstore/verification.h>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "transparency_log.h"

namespace sealift::keyless {

// A key at hand, and who stands behind it where that is not the key itself.
struct SigningKey {
  crypto::PrivateKey key;
  std::optional<crypto::Certificate> certificate;
};

// The signatory's own key, or a new one that the certificate authority certifies. As sign_blob().
Result<SigningKey> prepare_key(const Signatory& signatory, const SigningServices& services,
                               const Environment& environment, std::stop_token stop);

// A signature over bytes, and their digest by the hash that it is with.
struct PlainSignature {
  std::string signature;
  sigstore::HashOutput digest;
};
// With the hash that cosign verifies, SHA-256 with every key (see PrivateKey::sign()), or with that
// of the key's own length, which is all that logs take for longer curves.
enum class SignatureHash { kSha256, kOwn };
Result<PlainSignature> sign_bytes(std::string_view bytes, const crypto::PrivateKey& key,
                                  SignatureHash hash);

// Evidence without content: who signed, and what each of the services says of it. `stamped` is what
// time stamps are about.
Result<sigstore::SignedEvidence> collect_evidence(
    const SigningKey& signer, const PlainSignature& signature, std::string_view stamped,
    std::optional<std::string> envelope, const SigningServices& services,
    const Environment& environment, std::stop_token stop);

// What is said in errors about what does not verify.
inline constexpr std::string_view kUnverified =
    "what was signed does not verify, and is not given out; is this the trusted root of the "
    "services that signed?";

// Judges what was made by what it is meant to be: of this signer, with all of the services.
// kUntrusted.
Result<sigstore::VerifiedSignature> verify_made(const sigstore::SignedEvidence& made,
                                                const sigstore::Artifact& artifact,
                                                std::string_view predicate_type,
                                                const SigningKey& signer,
                                                const SigningServices& services,
                                                const sigstore::TrustedRoot& root, Timestamp now);

}  // namespace sealift::keyless
