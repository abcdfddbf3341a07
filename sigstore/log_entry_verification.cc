#include <sealift/base/encoding.h>
#include <sealift/sigstore/log_entry_verification.h>
#include <sealift/sigstore/merkle_proof.h>
#include <sealift/sigstore/promise.h>

#include "key_details.h"
#include "log_key_time.h"

namespace sealift::sigstore {
namespace {

tl::unexpected<Refusal> mismatch(std::string_view what) {
  return refuse(RefusalKind::kEntryMismatch, "the log entry is about " + std::string(what));
}

Verdict<> check_kind(const std::optional<KindVersion>& stated, LogEntryKind kind) {
  if (!stated || (stated->kind == kind_of(kind) && stated->version == version_of(kind))) return {};
  return refuse(RefusalKind::kEntryMismatch,
                "the log entry says that it is a " + printable(stated->kind, 40) + " " +
                    printable(stated->version, 40) + ", and its body is a " +
                    std::string(kind_of(kind)) + " " + std::string(version_of(kind)));
}

Verdict<> check_evidence(const LogEntry& entry, LogGeneration generation, LogEvidence required) {
  const bool is_tiles = generation == LogGeneration::kTiles;
  if (is_tiles && entry.promise) {
    return refuse(RefusalKind::kMalformed,
                  "the log entry has a promise, and logs of tiles give none");
  }
  const auto missing = [](std::string_view what) {
    return refuse(RefusalKind::kLogEvidenceMissing, "the log entry has no " + std::string(what));
  };
  if (!entry.promise && required == LogEvidence::kPromise) return missing("promise");
  if (!entry.proof && (is_tiles || required == LogEvidence::kProof)) {
    return missing("inclusion proof");
  }
  if (!entry.promise && !entry.proof) return missing("inclusion proof and no promise");
  return {};
}

Verdict<> verify_proof(const LogEntry& entry, const InclusionProof& proof, LogGeneration generation,
                       ProvenLogEntry& proven) {
  // A log of tiles is one tree; Rekor 1 counts over all its trees.
  if (generation == LogGeneration::kTiles && proof.index != entry.index) {
    return refuse(RefusalKind::kInclusionProof,
                  "the inclusion proof is for entry " + std::to_string(proof.index) +
                      " and the log entry is number " + std::to_string(entry.index));
  }
  SEALIFT_ASSIGN(const auto root, merkle_root_of(proof.index, proof.tree_size,
                                                 merkle_leaf_hash(entry.body), proof.hashes));
  if (root != proof.root_hash) {
    return refuse(RefusalKind::kInclusionProof,
                  "the inclusion proof does not lead from this entry to the root that it names");
  }
  SEALIFT_ASSIGN(const auto checkpoint, parse_checkpoint(proof.checkpoint));
  if (checkpoint.tree_size != proof.tree_size || checkpoint.root_hash != proof.root_hash) {
    return refuse(RefusalKind::kCheckpoint,
                  "the checkpoint is about another tree than the inclusion proof");
  }
  SEALIFT_TRY(verify_checkpoint(checkpoint, *proven.log, generation));
  proven.has_proof = true;
  proven.checkpoint_origin = checkpoint.origin;
  proven.tree_size = checkpoint.tree_size;
  return {};
}

Verdict<> check_signer(const LogEntryBody& body, const LoggedSignature& expected) {
  if (body.signature != expected.signature) return mismatch("another signature");
  const std::string& verifier =
      expected.certificate != nullptr ? expected.certificate->der() : expected.key->der();
  if (body.is_certificate != (expected.certificate != nullptr) || body.verifier != verifier) {
    return mismatch(expected.certificate != nullptr ? "another certificate" : "another key");
  }
  if (generation_of(body.kind) == LogGeneration::kRekor1) return {};
  const KeyDetails* details = find_key_details(body.key_details);
  if (details == nullptr || !details->suits(expected.key->type())) {
    return refuse(RefusalKind::kEntryMismatch,
                  "the log entry says that the key is " + printable(body.key_details, 80) +
                      ", and it is " + std::string(to_string(expected.key->type())));
  }
  return {};
}

Verdict<> check_envelope(const LogEntryBody& body, const LoggedSignature& expected) {
  const DsseEnvelope& envelope = *expected.envelope;
  switch (body.kind) {
    case LogEntryKind::kHashedRekord001:
      return mismatch("bytes that were signed, and here is an envelope");
    case LogEntryKind::kHashedRekord002:
      if (crypto::hash(body.digest.algorithm,
                       pre_authentication_encoding(envelope.payload_type, envelope.payload)) !=
          body.digest.bytes) {
        return mismatch("another envelope");
      }
      return {};
    case LogEntryKind::kDsse001:
    case LogEntryKind::kIntoto002:
    case LogEntryKind::kDsse002:
      break;
  }
  if (crypto::hash(body.digest.algorithm, envelope.payload) != body.digest.bytes ||
      (body.payload_type && body.payload_type != envelope.payload_type)) {
    return mismatch("another payload");
  }
  if (expected.envelope_json && body.envelope_digest &&
      crypto::hash(body.envelope_digest->algorithm, *expected.envelope_json) !=
          body.envelope_digest->bytes) {
    return mismatch("another envelope");
  }
  return {};
}

Verdict<> check_message(const LogEntryBody& body, const LoggedSignature& expected) {
  if (body.kind != LogEntryKind::kHashedRekord001 && body.kind != LogEntryKind::kHashedRekord002) {
    return mismatch("an envelope, and here are bytes that were signed");
  }
  if (expected.message &&
      crypto::hash(body.digest.algorithm, *expected.message) != body.digest.bytes) {
    return mismatch("other bytes");
  }
  if (!expected.message && expected.digest != body.digest)
    return mismatch("another digest, or one by another hash");
  return {};
}

Verdict<> check_agreement(const LogEntryBody& body, const LoggedSignature& expected) {
  SEALIFT_TRY(check_signer(body, expected));
  return expected.envelope != nullptr ? check_envelope(body, expected)
                                      : check_message(body, expected);
}

}  // namespace

Verdict<ProvenLogEntry> verify_log_entry(const LogEntry& entry, const LoggedSignature& expected,
                                         const TrustedRoot& root, LogEvidence required) {
  ProvenLogEntry proven;
  proven.log = root.transparency_logs.find(entry.log_id);
  proven.index = entry.index;
  if (proven.log == nullptr) {
    return refuse(RefusalKind::kLogUnknown,
                  "the trusted root has no transparency log " + hex_encode(entry.log_id));
  }
  SEALIFT_ASSIGN(const auto body, parse_log_entry_body(entry.body, "log entry"));
  proven.kind = body.kind;
  const LogGeneration generation = generation_of(body.kind);
  SEALIFT_TRY(check_kind(entry.kind_version, body.kind));
  SEALIFT_TRY(check_evidence(entry, generation, required));
  if (entry.promise) {
    SEALIFT_TRY(verify_promise(entry, *proven.log));
    proven.has_promise = true;
    proven.integrated_time = entry.integrated_time;
  }
  if (entry.proof) {
    SEALIFT_TRY(verify_proof(entry, *entry.proof, generation, proven));
  }
  SEALIFT_TRY(check_agreement(body, expected));
  return proven;
}

Verdict<> check_log_key(const ProvenLogEntry& entry, Timestamp time) {
  return check_key_at(*entry.log, time);
}

}  // namespace sealift::sigstore
