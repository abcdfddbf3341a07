#pragma once

#include <sealift/base/result.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/signed_evidence.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::sigstore {

// Annotations of a layer in cosign's classic storage (cosign, specs/SIGNATURE_SPEC.md).
inline constexpr std::string_view kClassicSignature = "dev.cosignproject.cosign/signature";
inline constexpr std::string_view kClassicCertificate = "dev.sigstore.cosign/certificate";
inline constexpr std::string_view kClassicChain = "dev.sigstore.cosign/chain";
inline constexpr std::string_view kClassicLogEntry = "dev.sigstore.cosign/bundle";
inline constexpr std::string_view kClassicTimestamp = "dev.sigstore.cosign/rfc3161timestamp";

inline constexpr std::string_view kClassicAttestationMediaType =
    "application/vnd.dsse.envelope.v1+json";

using ClassicAnnotations = std::vector<std::pair<std::string, std::string>>;

// A layer of the manifest under the tag "sha256-<hex>.sig": `payload` is what was signed. An
// annotation that is empty is as one that is not there. kMalformed: no signature, or one that is
// not base64; a certificate or chain that is not PEM; a chain without certificate; a log entry
// or time stamp of another form.
Verdict<SignedEvidence> parse_classic_signature(std::string_view payload,
                                                const ClassicAnnotations& annotations,
                                                const std::string& what);

// A layer of the manifest under "sha256-<hex>.att": `layer` is a DSSE envelope, which brings its
// signature itself. kMalformed as above, or where an annotation holds another signature.
Verdict<SignedEvidence> parse_classic_attestation(std::string_view layer,
                                                  const ClassicAnnotations& annotations,
                                                  const std::string& what);

// A layer of classic storage, as cosign writes it.
struct ClassicLayer {
  std::string content;
  ClassicAnnotations annotations;
};

// The payload of a signature, or the JSON of an envelope (`envelope_json`, where it is there), with
// what speaks for it; of certificates the signer's own. kInvalidInput for what this form has no
// place for: more than one log entry or time stamp, an entry without a promise, a signature over
// the artifact's own bytes.
Result<ClassicLayer> write_classic_layer(const SignedEvidence& evidence);

}  // namespace sealift::sigstore
