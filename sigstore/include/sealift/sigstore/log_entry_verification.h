#pragma once

#include <sealift/base/clock.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/log_entry.h>
#include <sealift/sigstore/log_entry_body.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::sigstore {

// The signature that an entry must be about. What is pointed to belongs to the caller.
struct LoggedSignature {
  std::string_view signature;  // bytes
  // Who made it; the key is never null. With a certificate it is the certificate's.
  const crypto::PublicKey* key = nullptr;
  const crypto::Certificate* certificate = nullptr;
  // What was signed: an envelope; or bytes, or their digest where that is all there is.
  const DsseEnvelope* envelope = nullptr;
  std::optional<std::string_view> message = std::nullopt;
  std::optional<HashOutput> digest = std::nullopt;
  // The envelope's own JSON, where it is kept byte for byte (cosign's classic storage).
  std::optional<std::string_view> envelope_json = std::nullopt;
};

// What an entry must bring; what it brings beyond that is checked as well.
enum class LogEvidence {
  kPromise,  // bundles of version 0.1, classic storage: logs of Rekor 1 alone
  kProof,    // bundles from version 0.2 on
  kEither,
};

// What is established about an entry.
struct ProvenLogEntry {
  const TrustedLog* log = nullptr;  // in the trusted root that was given
  std::uint64_t index = 0;
  LogEntryKind kind = LogEntryKind::kHashedRekord001;
  // Where the log signed it; from a proof alone no time follows.
  std::optional<Timestamp> integrated_time;
  bool has_promise = false;
  bool has_proof = false;
  // With a proof: which tree.
  std::string checkpoint_origin;
  std::uint64_t tree_size = 0;
};

// Checks that a log of the trusted root holds this entry, and that the entry is about this
// signature. In this order: kLogUnknown; kMalformed, kUnsupported; kEntryMismatch where the body is
// of another kind than the entry says; kLogEvidenceMissing (a log of tiles must bring a proof
// whatever `required` says); kPromise, kLogKeyNotValid; kInclusionProof; kCheckpoint,
// kCheckpointSignature; kEntryMismatch where signature, signer or content are others.
//
// Without integrated_time nobody has asked yet whether the log's key was valid: see
// check_log_key().
Verdict<ProvenLogEntry> verify_log_entry(const LogEntry& entry, const LoggedSignature& expected,
                                         const TrustedRoot& root, LogEvidence required);

// kLogKeyNotValid where the log's key was not valid at a time that other evidence establishes.
Verdict<> check_log_key(const ProvenLogEntry& entry, Timestamp time);

}  // namespace sealift::sigstore
