#include <sealift/base/encoding.h>
#include <sealift/signing/signature_store.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>

#include <numeric>

#include "signature_judge.h"
#include "signature_places.h"

namespace sealift::signing {
namespace {

// What to do about an attestation that is too large.
constexpr const char* kSmaller =
    ": of a large bill of materials, attest its digest and where it is";
constexpr const char* kReadsMore =
    ", or let `sealift verify` in CI ask for it, which reads more where attestations are wanted";

Result<MadeSignature> sign_statement(const Digest& digest, const crypto::PrivateKey& key) {
  sigstore::DsseEnvelope envelope{std::string(sigstore::kInTotoPayloadType),
                                  sigstore::signature_statement(digest), ""};
  const std::string message =
      sigstore::pre_authentication_encoding(envelope.payload_type, envelope.payload);
  SEALIFT_ASSIGN(envelope.signature, key.sign(message));
  SEALIFT_TRY_CONTEXT(key.public_key().verify(message, envelope.signature),
                      "checking the new signature before storing it");
  return MadeSignature{FoundSignature::Format::kBundle,
                       sigstore::serialize_bundle(key.public_key().hint(), envelope),
                       {},
                       std::string(sigstore::kSignaturePredicateType)};
}

Result<MadeSignature> sign_payload(const Digest& digest, std::string_view docker_reference,
                                   const crypto::PrivateKey& key) {
  std::string payload = sigstore::serialize_simple_signing(docker_reference, digest);
  SEALIFT_ASSIGN(const auto signature, key.sign(payload));
  SEALIFT_TRY_CONTEXT(key.public_key().verify(payload, signature),
                      "checking the new signature before storing it");
  return MadeSignature{FoundSignature::Format::kSimpleSigning,
                       std::move(payload),
                       {{std::string(sigstore::kClassicSignature), base64_encode(signature)}},
                       std::string(sigstore::kSignaturePredicateType)};
}

}  // namespace

std::string_view format_name(FoundSignature::Format format) {
  switch (format) {
    case FoundSignature::Format::kBundle:
      return "bundle";
    case FoundSignature::Format::kSimpleSigning:
      return "simplesigning";
    case FoundSignature::Format::kAttestation:
      return "attestation";
  }
  return "unknown";
}

bool concerns_one_piece(const Error& error) {
  return error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kUntrusted ||
         error.code() == ErrorCode::kInvalidInput;
}

Result<std::string> fetch_layer(oci::Repository& repository, const oci::Descriptor& layer,
                                const Collection& into, std::stop_token stop) {
  const auto& [set, limits] = into;
  if (layer.size > limits.piece_bytes) {
    return fail(ErrorCode::kInvalidInput,
                "it has " + std::to_string(layer.size) + " bytes, and the limit for one piece is " +
                    std::to_string(limits.piece_bytes) + kSmaller +
                    (limits.piece_bytes < kLargePieces.piece_bytes ? kReadsMore : ""));
  }
  const auto taken = std::accumulate(
      set.pieces.begin(), set.pieces.end(), std::uint64_t{0},
      [](std::uint64_t sum, const FoundSignature& piece) { return sum + piece.payload.size(); });
  if (taken + layer.size > limits.set_bytes) {
    return fail(ErrorCode::kInvalidInput,
                "with it, what was found would exceed " + std::to_string(limits.set_bytes) +
                    " bytes, the limit for all signatures of a manifest: remove stale ones");
  }
  StringSink sink("the signature", limits.piece_bytes);
  SEALIFT_TRY(repository.fetch_blob(layer, sink, stop));
  return sink.take();
}

Result<SignatureSet> fetch_signatures(oci::Repository& repository, const Digest& digest,
                                      WantedPieces wanted, std::stop_token stop,
                                      const PieceLimits& limits) {
  SignatureSet set;
  const Collection into{set, limits};
  SEALIFT_TRY(fetch_bundles(repository, digest, into, stop));
  SEALIFT_TRY(fetch_signature_tag(repository, digest, into, stop));
  if (wanted == WantedPieces::kAttestationsToo) {
    SEALIFT_TRY(fetch_attestation_tag(repository, digest, into, stop));
  }
  return set;
}

Result<std::optional<oci::Descriptor>> find_signature(oci::Repository& repository,
                                                      const Digest& digest,
                                                      const TrustPolicy& policy,
                                                      SignatureStorage storage, Timestamp now,
                                                      std::stop_token stop) {
  const bool is_bundle = storage == SignatureStorage::kBundle;
  SignatureSet set;
  SEALIFT_TRY((is_bundle ? fetch_bundles : fetch_signature_tag)(repository, digest, {set}, stop));
  const SignatureJudge judge(policy, digest, now);
  for (const auto& piece : set.pieces) {
    const auto judged = judge.judge(piece);
    if (judged && judged->seen.predicate_type == sigstore::kSignaturePredicateType) {
      return piece.holder;
    }
  }
  return std::nullopt;
}

Result<oci::Descriptor> store_signature(oci::Repository& repository, const oci::Descriptor& subject,
                                        const MadeSignature& made, Timestamp now,
                                        std::stop_token stop) {
  if (made.format == FoundSignature::Format::kBundle) {
    SEALIFT_ASSIGN(auto pushed, store_bundle(repository, subject, made, now, stop));
    return std::move(pushed.descriptor);
  }
  return store_tagged(repository, subject.digest, made, {}, stop);
}

Result<oci::Descriptor> sign_and_store(oci::Repository& repository, const oci::Descriptor& subject,
                                       std::string_view docker_reference,
                                       const crypto::PrivateKey& key, SignatureStorage storage,
                                       Timestamp now, std::stop_token stop) {
  SEALIFT_ASSIGN(auto own,
                 find_signature(repository, subject.digest, policy_for_key(key.public_key(), "own"),
                                storage, now, stop));
  if (own) return *std::move(own);
  SEALIFT_ASSIGN(const auto made, storage == SignatureStorage::kBundle
                                      ? sign_statement(subject.digest, key)
                                      : sign_payload(subject.digest, docker_reference, key));
  return store_signature(repository, subject, made, now, stop);
}

}  // namespace sealift::signing
