#include <sealift/sigstore/refusal.h>

namespace sealift::sigstore {

std::string_view to_string(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::kMalformed:
      return "malformed";
    case RefusalKind::kUnsupported:
      return "unsupported";
    case RefusalKind::kLogUnknown:
      return "log_unknown";
    case RefusalKind::kLogKeyNotValid:
      return "log_key_not_valid";
    case RefusalKind::kLogEvidenceMissing:
      return "log_evidence_missing";
    case RefusalKind::kInclusionProof:
      return "inclusion_proof";
    case RefusalKind::kCheckpoint:
      return "checkpoint";
    case RefusalKind::kCheckpointSignature:
      return "checkpoint_signature";
    case RefusalKind::kPromise:
      return "promise";
    case RefusalKind::kEntryMismatch:
      return "entry_mismatch";
    case RefusalKind::kEntryDuplicate:
      return "entry_duplicate";
    case RefusalKind::kNoTime:
      return "no_time";
    case RefusalKind::kTimestampMalformed:
      return "timestamp_malformed";
    case RefusalKind::kTimestampAuthority:
      return "timestamp_authority";
    case RefusalKind::kTimestampImprint:
      return "timestamp_imprint";
    case RefusalKind::kTimestampCertificate:
      return "timestamp_certificate";
    case RefusalKind::kTimestampSignature:
      return "timestamp_signature";
    case RefusalKind::kTimestampDuplicate:
      return "timestamp_duplicate";
    case RefusalKind::kCertificateExpired:
      return "certificate_expired";
    case RefusalKind::kCertificateChain:
      return "certificate_chain";
    case RefusalKind::kCertificateAuthority:
      return "certificate_authority";
    case RefusalKind::kKeyUsage:
      return "key_usage";
    case RefusalKind::kAlternativeName:
      return "alternative_name";
    case RefusalKind::kSctMissing:
      return "sct_missing";
    case RefusalKind::kSctMalformed:
      return "sct_malformed";
    case RefusalKind::kSctLogUnknown:
      return "sct_log_unknown";
    case RefusalKind::kSctLogKeyNotValid:
      return "sct_log_key_not_valid";
    case RefusalKind::kSctSignature:
      return "sct_signature";
    case RefusalKind::kIdentity:
      return "identity";
    case RefusalKind::kIssuer:
      return "issuer";
    case RefusalKind::kExtension:
      return "extension";
    case RefusalKind::kKeyUnknown:
      return "key_unknown";
    case RefusalKind::kSignature:
      return "signature";
    case RefusalKind::kContent:
      return "content";
    case RefusalKind::kSubject:
      return "subject";
    case RefusalKind::kPredicateType:
      return "predicate_type";
    case RefusalKind::kThresholdNotMet:
      return "threshold_not_met";
  }
  return "malformed";
}

Refusal Refusal::with_context(std::string_view context) && {
  message = std::string(context) + ": " + message;
  return std::move(*this);
}

Refusal::operator Error() const {
  return Error(kind == RefusalKind::kMalformed ? ErrorCode::kInvalidInput : ErrorCode::kUntrusted,
               message);
}

}  // namespace sealift::sigstore
