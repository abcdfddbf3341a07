#pragma once

#include <sealift/base/result.h>
#include <sealift/signing/signature_store.h>
#include <sealift/sigstore/certificate_identity.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/signed_evidence.h>

#include <optional>
#include <string>

namespace sealift::signing {

// A piece in the form that its format has, with the refusals of sigstore/bundle.h and
// classic_signature.h.
sigstore::Verdict<sigstore::SignedEvidence> read_evidence(const FoundSignature& piece);

// Whom a piece names as its maker, and what it claims to say. Whoever stored it may have written
// anything there: only the verifier says whether it is true.
struct StatedSigner {
  std::optional<sigstore::CertificateIdentity> identity;  // of its certificate, where it has one
  std::string key_hint;        // which key (PublicKey::hint()), where the form says it
  std::string predicate_type;  // of a statement; empty for the simple form
};

// kInvalidInput for a piece that is not what its format says, kUntrusted for a certificate that
// names nobody or several.
Result<StatedSigner> read_stated_signer(const FoundSignature& piece);

}  // namespace sealift::signing
