#include <sealift/signing/stated_signer.h>

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/statement.h>

#include <utility>

namespace sealift::signing {

sigstore::Verdict<sigstore::SignedEvidence> read_evidence(const FoundSignature& piece) {
  switch (piece.format) {
    case FoundSignature::Format::kSimpleSigning:
      return sigstore::parse_classic_signature(piece.payload, piece.annotations, "layer");
    case FoundSignature::Format::kAttestation:
      return sigstore::parse_classic_attestation(piece.payload, piece.annotations, "layer");
    case FoundSignature::Format::kBundle:
      break;
  }
  return sigstore::parse_bundle(piece.payload, "bundle");
}

Result<StatedSigner> read_stated_signer(const FoundSignature& piece) {
  auto evidence = read_evidence(piece);
  if (!evidence) return fail(Error(evidence.error()));
  StatedSigner stated;
  stated.key_hint = evidence->key_hint;
  if (const auto* certificate = evidence->certificate()) {
    auto identity = sigstore::read_certificate_identity(*certificate);
    if (!identity) return fail(Error(identity.error()));
    stated.identity = *std::move(identity);
  }
  if (const auto* envelope = evidence->envelope()) {
    SEALIFT_ASSIGN(auto statement, sigstore::parse_statement(envelope->payload, "the statement"));
    stated.predicate_type = std::move(statement.predicate_type);
  }
  return stated;
}

}  // namespace sealift::signing
