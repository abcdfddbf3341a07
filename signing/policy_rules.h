#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/signing/verifier.h>

#include <cstdint>
#include <optional>

namespace sealift::signing {

// The rules of a policy apart from the signatures themselves, each a function of values. All fail
// with kUntrusted and a sentence that says what would mend it.

// The policy can believe its root.
Result<> check_root(const TrustPolicy& policy, Timestamp now);

// What the evidence says of the policy's requirements, and of its freshness where it asks for that.
Result<> check_requirements(const Evidence& evidence);
Result<> check_freshness(const Evidence& evidence);

Result<> check_age(const TrustPolicy& policy, const oci::Manifest& manifest, Timestamp now);

// The artifact's sequence; nullopt without the annotation; kUntrusted where it is no integer.
Result<std::optional<std::int64_t>> read_sequence(const oci::Manifest& manifest);

Result<> check_order(const TrustPolicy& policy, const Digest& digest,
                     std::optional<std::int64_t> sequence, const AcceptedBefore* before);

}  // namespace sealift::signing
