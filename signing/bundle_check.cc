#include <sealift/base/encoding.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/statement.h>

#include "signature_check.h"

namespace sealift::signing {
namespace {

// The statement that a key of the policy signed: is it a signature, and of this manifest?
SignatureCheck check_statement(const sigstore::DsseEnvelope& envelope, const Digest& digest,
                               const NamedKey* signer) {
  const auto statement = sigstore::parse_statement(envelope.payload, "statement");
  if (!statement) {
    return complain(Refusal::kMalformed,
                    "what was signed is no in-toto statement: " + statement.error().message());
  }
  if (statement->predicate_type != sigstore::kSignaturePredicateType) {
    return complain(Refusal::kNotASignature,
                    "it attests " + printable(statement->predicate_type) +
                        ", which says something about the artifact and does not release it; a "
                        "signature has the predicate type " +
                        std::string(sigstore::kSignaturePredicateType));
  }
  if (!statement->is_about(digest)) {
    const auto& other = statement->subjects.front().digests.front();
    return complain(Refusal::kWrongSubject,
                    "it signs " + printable(other.first, 20) + ":" + printable(other.second, 128) +
                        ", not " + digest.to_string() + ": it was copied from another artifact");
  }
  return signer;
}

}  // namespace

SignatureCheck check_bundle(const FoundSignature& piece, const Digest& digest,
                            const TrustPolicy& policy, Timestamp now) {
  const auto bundle = sigstore::parse_bundle(piece.payload, "bundle");
  if (!bundle) return complain(Refusal::kMalformed, bundle.error().message);
  if (bundle->certificate() != nullptr) {
    return complain(Refusal::kUnsupportedMaterial,
                    "it was made with a certificate, and the policy trusts keys alone; sign with "
                    "one of the policy's keys as well");
  }
  if (bundle->envelope() == nullptr) {
    return complain(Refusal::kWrongPayloadType,
                    "the bundle signs the bytes of a file (messageSignature) and not a statement "
                    "about a manifest; sign with `sealift sign` or `cosign sign`");
  }
  const sigstore::DsseEnvelope& envelope = *bundle->envelope();
  if (envelope.payload_type != sigstore::kInTotoPayloadType) {
    return complain(Refusal::kWrongPayloadType, "the payload's type is " +
                                                    printable(envelope.payload_type) + ", not " +
                                                    std::string(sigstore::kInTotoPayloadType));
  }
  const auto signer =
      match_key(policy, bundle->key_hint,
                sigstore::pre_authentication_encoding(envelope.payload_type, envelope.payload),
                envelope.signature, now);
  if (!signer) return signer;
  return check_statement(envelope, digest, *signer);
}

}  // namespace sealift::signing
