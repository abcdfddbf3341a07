#pragma once

#include <sealift/base/error.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sealift::sigstore {

// The rule that evidence broke, one value for each.
enum class RefusalKind {
  kMalformed,    // not the form that the format demands, or beyond a limit on it
  kUnsupported,  // well formed, of a version, kind or algorithm that is not verified here

  // Transparency logs.
  kLogUnknown,           // the trusted root has no log with this ID
  kLogKeyNotValid,       // the log's key was not valid at the time that the log states
  kLogEvidenceMissing,   // the entry brings neither a promise nor a proof, or not the one needed
  kInclusionProof,       // the hashes do not lead from the entry to the root
  kCheckpoint,           // the checkpoint is about another tree than the proof, or another log's
  kCheckpointSignature,  // the log's key did not sign the checkpoint
  kPromise,              // the log's key did not sign the promise
  kEntryMismatch,        // the entry is about another signature, key, certificate or content
  kEntryDuplicate,       // the same entry twice

  // Time.
  kNoTime,                // nothing that is trusted says when the signature was made
  kTimestampMalformed,    // not a granted RFC 3161 time stamp
  kTimestampAuthority,    // no authority of the trusted root made it, or not at that time
  kTimestampImprint,      // the time stamp was made for other bytes
  kTimestampCertificate,  // its certificate is not for time stamps, or has no valid path
  kTimestampSignature,    // the signature of the time stamp does not fit
  kTimestampDuplicate,    // one authority twice

  // Certificates.
  kCertificateExpired,    // not valid at a time that was established
  kCertificateChain,      // no valid path to an authority of the trusted root
  kCertificateAuthority,  // the authority is not valid at that time
  kKeyUsage,              // not for signing code
  kAlternativeName,       // no name, more than one, or one of a form that identifies nobody

  // Signed certificate timestamps.
  kSctMissing,
  kSctMalformed,
  kSctLogUnknown,
  kSctLogKeyNotValid,
  kSctSignature,

  // Who signed, and what.
  kIdentity,         // the certificate is somebody else's
  kIssuer,           // another party vouched for the identity
  kExtension,        // another repository, workflow, … than demanded
  kKeyUnknown,       // made by a key that nobody named
  kSignature,        // the signature does not fit the key and the content
  kContent,          // the signature is about other bytes
  kSubject,          // the statement is about another artifact
  kPredicateType,    // the statement says something else than asked for
  kThresholdNotMet,  // fewer proofs than asked for
};
std::string_view to_string(RefusalKind kind);  // "malformed", "inclusion_proof", …

// Why evidence was not believed. The message is for people: what, of which thing, and why.
struct Refusal {
  RefusalKind kind = RefusalKind::kMalformed;
  std::string message;

  // The same with "CONTEXT: " in front of the message.
  Refusal with_context(std::string_view context) &&;
  // kInvalidInput for kMalformed, otherwise kUntrusted.
  operator Error() const;
};

template <typename T = void>
using Verdict = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(RefusalKind kind, std::string message) {
  return tl::unexpected<Refusal>(Refusal{kind, std::move(message)});
}

// An error of a room below as a refusal of that kind.
template <typename T>
Verdict<T> or_refuse(Result<T> result, RefusalKind kind) {
  if (!result) return refuse(kind, result.error().message());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace sealift::sigstore

namespace sealift {

// So that SEALIFT_TRY and SEALIFT_ASSIGN pass refusals up as they pass errors.
inline tl::unexpected<sigstore::Refusal> fail(sigstore::Refusal refusal) {
  return tl::unexpected<sigstore::Refusal>(std::move(refusal));
}

}  // namespace sealift
