#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/signatory.h>
#include <sealift/keyless/signing_services.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/trusted_root.h>
#include <sealift/sigstore/verification.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::keyless {

// What to make of a signature about an artifact in a registry.
enum class ArtifactForm {
  kBundle,              // Sigstore bundle 0.3 around a statement
  kClassicAttestation,  // a layer of cosign's tag .att: an envelope around a statement
  kClassicSignature,    // a layer of cosign's tag .sig: a payload of simple signing
};

// What is signed, and about what.
struct ArtifactContent {
  ArtifactForm form = ArtifactForm::kBundle;
  std::string bytes;           // the statement, or the payload
  std::string predicate_type;  // of the statement; kSignaturePredicateType of a payload
  Digest digest;               // of the artifact, which the bytes name
};

// The signature as it is to be stored, and what verifying it established.
struct SignedArtifact {
  std::string content;                       // the bundle's JSON, or the layer
  sigstore::ClassicAnnotations annotations;  // of a layer
  sigstore::VerifiedSignature verified;      // points into the trusted root that was given
};

// As sign_blob(), for statements and payloads. A log of Rekor 1 is given an envelope whole, of
// which it keeps the hashes; one of Rekor 2, as with all signatures, the hash of what is signed.
// With no service at all, a signature by a key alone. kInvalidInput also for what a classic form
// has no place for (see sigstore::write_classic_layer()) and for a statement or bundle that is
// larger than verifiers read (sigstore::signature_json_limits()).
Result<SignedArtifact> sign_artifact(const ArtifactContent& content, const Signatory& signatory,
                                     const SigningServices& services,
                                     const sigstore::TrustedRoot& root,
                                     const Environment& environment, std::stop_token stop);

Result<SignedArtifact> sign_artifact(const ArtifactContent&, const Signatory&,
                                     const SigningServices&, const sigstore::TrustedRoot&&,
                                     const Environment&, std::stop_token) = delete;

}  // namespace sealift::keyless
