#pragma once

#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/signed_evidence.h>

#include <string>
#include <string_view>

namespace sealift::sigstore {

inline constexpr std::string_view kBundleMediaType =
    "application/vnd.dev.sigstore.bundle.v0.3+json";
// What each version's media type begins with.
inline constexpr std::string_view kBundleMediaTypePrefix = "application/vnd.dev.sigstore.bundle";

// Reads a Sigstore bundle (protobuf-specs, sigstore_bundle.proto) of version 0.1, 0.2 or 0.3, every
// member of it. kUnsupported: another version. kEntryDuplicate: one log entry twice. kMalformed:
// members that the format does not have; not exactly one kind of material and of content; a chain
// of certificates from 0.3 on, a single one before; an envelope without exactly one signature; a
// message without digest; more than kMaxLogEntries, kMaxTimestamps, kMaxEvidenceCertificates, or
// signature_json_limits().
Verdict<SignedEvidence> parse_bundle(std::string_view bytes, const std::string& what);

// Version 0.3 with `hint` (PublicKey::hint()) as material, in the members that cosign reads.
std::string serialize_bundle(std::string_view hint, const DsseEnvelope& envelope);

// Version 0.3, whichever form the evidence had. Its content is an envelope or a signature over the
// artifact's own bytes, its log entries have a kind and a proof, and of its certificates the
// signer's own is written.
std::string serialize_bundle(const SignedEvidence& evidence);

}  // namespace sealift::sigstore
