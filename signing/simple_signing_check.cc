#include <sealift/base/encoding.h>
#include <sealift/sigstore/simple_signing.h>

#include "signature_check.h"

namespace sealift::signing {

SignatureCheck check_simple_signing(const FoundSignature& piece, const Digest& digest,
                                    const TrustPolicy& policy, Timestamp now) {
  if (!piece.certificate.empty()) {
    return complain(Refusal::kUnsupportedMaterial,
                    "it was made with a certificate, and the policy trusts keys alone; sign with "
                    "one of the policy's keys as well");
  }
  const auto signature = base64_decode(piece.signature);
  if (!signature || signature->empty()) {
    return complain(Refusal::kMalformed,
                    "the layer's signature annotation is missing or not base64 text");
  }
  const auto signer = match_key(policy, "", piece.payload, *signature, now);
  if (!signer) return signer;
  const auto payload = sigstore::parse_simple_signing(piece.payload, "payload");
  if (!payload) return complain(Refusal::kMalformed, payload.error().message());
  if (payload->type != sigstore::kSimpleSigningType) {
    return complain(Refusal::kWrongPayloadType,
                    "the payload's type is \"" + printable(payload->type) + "\", not \"" +
                        std::string(sigstore::kSimpleSigningType) + "\"");
  }
  if (payload->digest != digest) {
    return complain(Refusal::kWrongSubject, "it signs " + payload->digest.to_string() + ", not " +
                                                digest.to_string() +
                                                ": it was copied from another artifact");
  }
  return *signer;
}

}  // namespace sealift::signing
