#pragma once

#include <sealift/crypto/keys.h>
#include <sealift/sigstore/artifact.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/signed_evidence.h>
#include <sealift/sigstore/statement.h>

#include <optional>
#include <string>

namespace sealift::sigstore {

// The digest of the artifact by the hash that a signature over it names. kContent where that is
// another one than the signature's own, or where it is not known; kMalformed where the signature
// names none, unless `key` hashes by itself.
Verdict<HashOutput> match_digest(const MessageSignature& message, const Artifact& artifact,
                                 const crypto::PublicKey& key);

// Checks that `key` made the signature, and that what was signed says `predicate_type` of the
// artifact, where that is given. What was signed is not read before its signature fits. Returns the
// statement of an envelope. kSignature; kUnsupported: an envelope that holds no statement, or a
// signature that needs more than the digest; kMalformed; kSubject; kPredicateType.
Verdict<std::optional<Statement>> verify_content(const SignedEvidence& evidence,
                                                 const Artifact& artifact,
                                                 const crypto::PublicKey& key,
                                                 const std::optional<std::string>& predicate_type);

}  // namespace sealift::sigstore
