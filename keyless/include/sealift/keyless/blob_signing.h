#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/signatory.h>
#include <sealift/keyless/signing_services.h>
#include <sealift/sigstore/trusted_root.h>
#include <sealift/sigstore/verification.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::keyless {

// A signature, and what verifying it established.
struct SignedBlob {
  std::string bundle;                    // Sigstore bundle 0.3, JSON
  sigstore::VerifiedSignature verified;  // points into the trusted root that was given
};

// Signs `bytes`, has each of the services attest it, and verifies all of what they said against the
// trusted root before it is returned. ECDSA is with the hash of the curve's length where a log is
// to hold it (logs take nothing else; cosign 3.1 verifies of these P-256 alone, also of its own),
// otherwise with SHA-256.
//
// kUntrusted: what came together does not verify, or the certificate names another mail address
// than the token, so nothing is given out; kInvalidInput: a log is to hold an Ed25519 signature,
// which logs take in a prehashed form alone; otherwise the services' own errors.
Result<SignedBlob> sign_blob(std::string_view bytes, const Signatory& signatory,
                             const SigningServices& services, const sigstore::TrustedRoot& root,
                             const Environment& environment, std::stop_token stop);

Result<SignedBlob> sign_blob(std::string_view, const Signatory&, const SigningServices&,
                             const sigstore::TrustedRoot&&, const Environment&,
                             std::stop_token) = delete;

}  // namespace sealift::keyless
