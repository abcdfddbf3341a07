#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/sigstore/statement.h>

#include <numeric>

#include "signature_judge.h"
#include "signature_places.h"

namespace sealift::signing {
namespace {

// The holder of a signature by this key that counts already.
Result<std::optional<oci::Descriptor>> find_own(oci::Repository& repository, const Digest& digest,
                                                const crypto::PrivateKey& key,
                                                SignatureStorage storage, Timestamp now,
                                                std::stop_token stop) {
  const bool is_bundle = storage == SignatureStorage::kBundle;
  SignatureSet set;
  SEALIFT_TRY((is_bundle ? fetch_bundles : fetch_signature_tag)(repository, digest, set, stop));
  const TrustPolicy policy = policy_for_key(key.public_key(), "own");
  const SignatureJudge judge(policy, digest, now);
  for (const auto& piece : set.pieces) {
    const auto judged = judge.judge(piece);
    if (judged && judged->seen.predicate_type == sigstore::kSignaturePredicateType) {
      return piece.holder;
    }
  }
  return std::nullopt;
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
                                const SignatureSet& set, std::stop_token stop) {
  if (layer.size > sigstore::kMaxSignatureBytes) {
    return fail(ErrorCode::kInvalidInput, "it has " + std::to_string(layer.size) +
                                              " bytes; the limit for a signature is " +
                                              std::to_string(sigstore::kMaxSignatureBytes));
  }
  const auto taken = std::accumulate(
      set.pieces.begin(), set.pieces.end(), std::uint64_t{0},
      [](std::uint64_t sum, const FoundSignature& piece) { return sum + piece.payload.size(); });
  if (taken + layer.size > kMaxSignatureSetBytes) {
    return fail(ErrorCode::kInvalidInput,
                "with it, what was found would exceed " + std::to_string(kMaxSignatureSetBytes) +
                    " bytes, the limit for all signatures of a manifest: remove stale ones");
  }
  StringSink sink("the signature", sigstore::kMaxSignatureBytes);
  SEALIFT_TRY(repository.fetch_blob(layer, sink, stop));
  return sink.take();
}

Result<SignatureSet> fetch_signatures(oci::Repository& repository, const Digest& digest,
                                      WantedPieces wanted, std::stop_token stop) {
  SignatureSet set;
  SEALIFT_TRY(fetch_bundles(repository, digest, set, stop));
  SEALIFT_TRY(fetch_signature_tag(repository, digest, set, stop));
  if (wanted == WantedPieces::kAttestationsToo) {
    SEALIFT_TRY(fetch_attestation_tag(repository, digest, set, stop));
  }
  return set;
}

Result<oci::Descriptor> sign_and_store(oci::Repository& repository, const oci::Descriptor& subject,
                                       std::string_view docker_reference,
                                       const crypto::PrivateKey& key, SignatureStorage storage,
                                       Timestamp now, std::stop_token stop) {
  SEALIFT_ASSIGN(auto own, find_own(repository, subject.digest, key, storage, now, stop));
  if (own) return *std::move(own);
  if (storage == SignatureStorage::kBundle) {
    return store_bundle(repository, subject, key, now, stop);
  }
  return store_tagged(repository, subject.digest, docker_reference, key, stop);
}

}  // namespace sealift::signing
