#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sealift::signing {

// The newest artifact that was accepted from the same place before, for the rollback rule.
struct AcceptedBefore {
  Digest digest;
  std::int64_t sequence = 0;
};

// Proof that a policy accepted a manifest. Only verify() makes one.
class VerifiedArtifact {
 public:
  const oci::Descriptor& descriptor() const { return descriptor_; }
  const oci::Manifest& manifest() const { return manifest_; }
  const Evidence& evidence() const { return evidence_; }
  // Annotation dev.sealift.sequence; nullopt where the artifact has none.
  std::optional<std::int64_t> sequence() const { return sequence_; }

 private:
  friend struct VerifierAccess;
  VerifiedArtifact(oci::Descriptor descriptor, oci::Manifest manifest, Evidence evidence,
                   std::optional<std::int64_t> sequence)
      : descriptor_(std::move(descriptor)),
        manifest_(std::move(manifest)),
        evidence_(std::move(evidence)),
        sequence_(sequence) {}
  oci::Descriptor descriptor_;
  oci::Manifest manifest_;
  Evidence evidence_;
  std::optional<std::int64_t> sequence_;
};

// A refusal with everything that was looked at. `error` is kUntrusted and says all of it in prose.
struct Refused {
  Error error;
  Evidence evidence;
};

struct VerificationInput {
  std::string_view repository;  // Reference::name()
  const oci::StoredManifest& artifact;
  const SignatureSet& signatures;
  const TrustPolicy& policy;
  Timestamp now;
  const AcceptedBefore* before = nullptr;  // null: nothing was accepted before
};

// A function of bytes, policy and time: no network, no clock, no global. Checks that enough
// distinct keys signed this digest, then age and rollback (a sequence lower than before, the same
// sequence with another digest, or a missing one where there was one, is refused unless the policy
// allows rollback).
std::variant<VerifiedArtifact, Refused> verify(const VerificationInput& input);

}  // namespace sealift::signing
