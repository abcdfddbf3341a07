#pragma once

#include <sealift/crypto/hash.h>
#include <sealift/sigstore/checkpoint.h>
#include <sealift/sigstore/refusal.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::sigstore {

// What kinds of entries are read: Rekor's names and versions.
enum class LogEntryKind {
  kHashedRekord001,  // a signature over bytes
  kDsse001,          // an envelope
  kIntoto002,        // an envelope, the older kind
  kHashedRekord002,  // Rekor 2: a signature over bytes, or over an envelope's encoding
  kDsse002,          // Rekor 2's first releases: an envelope
};
std::string_view kind_of(LogEntryKind kind);     // "hashedrekord", "dsse", "intoto"
std::string_view version_of(LogEntryKind kind);  // "0.0.1", "0.0.2"
LogGeneration generation_of(LogEntryKind kind);

struct HashOutput {
  crypto::HashAlgorithm algorithm = crypto::HashAlgorithm::kSha256;
  std::string bytes;
  bool operator==(const HashOutput&) const = default;
};

// What an entry says: who signed what.
struct LogEntryBody {
  LogEntryKind kind = LogEntryKind::kHashedRekord001;
  std::string signature;  // bytes
  // A certificate in DER, or a key as SPKI in DER.
  std::string verifier;
  bool is_certificate = false;
  // Rekor 2: how the key signs, as protobuf names it ("PKIX_ECDSA_P256_SHA_256").
  std::string key_details;
  // Of the bytes that are signed (hashedrekord), or of the envelope's payload.
  HashOutput digest;
  // Of the envelope as JSON, as it was sent to the log (kDsse001, kIntoto002).
  std::optional<HashOutput> envelope_digest;
  // Of the envelope (kIntoto002).
  std::optional<std::string> payload_type;
};

// Reads the canonical JSON that a log keeps. kUnsupported: another kind or version. kMalformed:
// unknown members, more or less than one signature, hashes of the wrong length, a verifier that is
// neither PEM of a certificate nor of a key.
Verdict<LogEntryBody> parse_log_entry_body(std::string_view body, const std::string& what);

}  // namespace sealift::sigstore
