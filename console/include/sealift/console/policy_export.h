#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/signing/trust_policy.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// Who else verifies signatures in a cluster.
enum class ExportTarget { kKyverno, kPolicyController, kFlux };

// What a reader of exported documents has to know about one field of a TrustPolicy.
struct ExportRemark {
  enum class Kind {
    kNote,     // it was expressed; something about it is worth knowing
    kLost,     // the target has nothing like it, and it was left out
    kRefused,  // because of it nothing was written for the policy
  };
  Kind kind = Kind::kNote;
  std::string policy;
  std::string field;  // "spec.rollback"
  std::string message;
};
std::string_view to_string(ExportRemark::Kind kind);  // "note", "lost", "refused"

struct PolicyExport {
  std::vector<Json> documents;
  std::vector<ExportRemark> remarks;

  // How many policies nothing was written for, and how many remarks of a kind there are.
  std::size_t count(ExportRemark::Kind kind) const;
};

// A policy, and the document that it was parsed from.
struct ExportSource {
  const signing::TrustPolicy& policy;
  const Json& document;
};

// Writes each policy for the target: an ImageValidatingPolicy of Kyverno (policies.kyverno.io/v1),
// a ClusterImagePolicy of Sigstore's policy-controller (policy.sigstore.dev/v1beta1), or Flux's
// OCIRepository with spec.verify and the Secret of its keys. What asks for a memory or a clock
// (rollback, maxAge, freshness, the validity of keys) is left out and named. A policy whose
// signers, thresholds or conditions the target has no words for is not written at all, because what
// would be left accepts more than it does. Pure; docs/policies.md says what comes of each rule.
PolicyExport export_policies(const std::vector<ExportSource>& sources, ExportTarget target,
                             Timestamp now);

// The documents as YAML, each with the remarks about it as comments above the first.
std::string export_yaml(const PolicyExport& exported);
// {"documents": […], "remarks": [{kind, policy, field, message}]}
Json to_json(const PolicyExport& exported);

}  // namespace sealift::console
