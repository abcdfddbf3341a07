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
  std::int64_t sequence = 0;  // 0 where it had none
  // An older one that was put back in its place. Either may come again.
  std::optional<Digest> in_force{};
};

struct VerificationInput;
class VerifiedArtifact;
struct Refused;

// A function of bytes, policy with its trusted root, and time: no network, no clock, no global.
// Checks in this order that the policy is about this repository, that the bytes are the manifest
// that the digest names, that the policy's root is there and still counts, the policy's
// requirements of signatures and attestations, freshness, the artifact's age, and rollback (a
// sequence lower than before, the same sequence with another digest, or no sequence where another
// artifact was accepted before, is refused unless the policy allows rollback).
std::variant<VerifiedArtifact, Refused> verify(const VerificationInput& input);

// Proof that a policy accepted a manifest. Only verify() makes one.
class VerifiedArtifact {
 public:
  const oci::Descriptor& descriptor() const { return descriptor_; }
  const oci::Manifest& manifest() const { return manifest_; }
  const Evidence& evidence() const { return evidence_; }
  // Annotation dev.sealift.sequence; nullopt where the artifact has none.
  std::optional<std::int64_t> sequence() const { return sequence_; }

 private:
  friend std::variant<VerifiedArtifact, Refused> verify(const VerificationInput& input);
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

// A refusal with everything that was looked at. `error` is kUntrusted and says in prose which rule
// was broken and how; `evidence.broken_rule` says it for programs.
struct Refused {
  Error error;
  Evidence evidence;
};

// The rollback rule by itself, as verify() applies it: for one verdict that serves several places,
// each with its own memory of what it accepted. `before` may be null. Nullopt: the artifact may
// follow what was accepted before.
std::optional<Refused> check_rollback(const TrustPolicy& policy, const VerifiedArtifact& artifact,
                                      const AcceptedBefore* before);

struct VerificationInput {
  std::string_view repository;  // Reference::name()
  const oci::StoredManifest& artifact;
  const SignatureSet& signatures;
  const TrustPolicy& policy;
  Timestamp now;
  const AcceptedBefore* before = nullptr;  // null: nothing was accepted before
  // By which it was asked for; empty: by its digest. Nullopt: it is an older one on purpose, and
  // freshness is not asked for.
  std::optional<std::string_view> tag = "";
};

// What has to be fetched for a policy.
WantedPieces wanted_by(const TrustPolicy& policy);

// An artifact that claims to be this much newer than `now` is taken as new: clocks differ.
inline constexpr std::chrono::seconds kMaxClockSkew = std::chrono::minutes(5);

inline constexpr std::string_view kSequenceAnnotation = "dev.sealift.sequence";
inline constexpr std::string_view kCreatedAnnotation = "org.opencontainers.image.created";

}  // namespace sealift::signing
