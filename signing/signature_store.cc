#include <sealift/signing/signature_store.h>
#include <sealift/sigstore/statement.h>

#include <numeric>
#include <set>
#include <variant>

#include "signature_judge.h"
#include "signature_places.h"

namespace sealift::signing {
namespace {

// What to do about an attestation that is too large.
constexpr const char* kSmaller =
    ": of a large bill of materials, attest its digest and where it is";
constexpr const char* kReadsMore =
    ", or let `sealift verify` in CI ask for it, which reads more where attestations are wanted";

// The policy that this key alone fulfils.
TrustPolicy policy_for(const EarlierSignature& wanted) {
  auto policy = policy_for_key(wanted.key, "own");
  policy.root = wanted.root;
  if (wanted.logs > 0) {
    auto& quorum = std::get<SignatureRequirement>(policy.require.rule).quorum;
    quorum.transparency = Transparency::kRequired;
  }
  return policy;
}

bool is_wanted(const JudgedSignature& judged, const EarlierSignature& wanted) {
  const auto& proof = wanted.logs > 0 ? judged.with_log : judged.without_log;
  std::set<std::string_view> logs;
  for (const auto& entry : (*proof)->logs) logs.insert(entry.log);
  return judged.seen.predicate_type == sigstore::kSignaturePredicateType &&
         logs.size() >= wanted.logs && (*proof)->timestamps.size() >= wanted.timestamps;
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
                                                      const EarlierSignature& wanted,
                                                      SignatureStorage storage, Timestamp now,
                                                      std::stop_token stop) {
  const bool is_bundle = storage == SignatureStorage::kBundle;
  SignatureSet set;
  SEALIFT_TRY((is_bundle ? fetch_bundles : fetch_signature_tag)(repository, digest, {set}, stop));
  const auto policy = policy_for(wanted);
  const SignatureJudge judge(policy, digest, now);
  for (const auto& piece : set.pieces) {
    const auto judged = judge.judge(piece);
    if (judged && is_wanted(*judged, wanted)) return piece.holder;
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

}  // namespace sealift::signing
