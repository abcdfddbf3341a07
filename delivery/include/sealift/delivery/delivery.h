#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/delivery/custom_health.h>
#include <sealift/oci/reference.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::delivery {

// Which version of an artifact is wanted: exactly one of the three.
struct ArtifactSelector {
  std::string tag;
  std::string semver;  // a range over the repository's tags; the newest wins
  std::optional<Digest> digest;

  // Whether the tag is a version in the range; false where there is no range.
  bool has_in_range(const std::string& tag_of_version) const;
};

struct ArtifactSpec {
  oci::Reference repository;  // without tag and digest
  ArtifactSelector select;
  std::string secret_name;        // kubernetes.io/dockerconfigjson; empty: anonymous
  std::string cert_secret_name;   // ca.crt, tls.crt, tls.key; empty: the system's roots
  std::string proxy_secret_name;  // address; empty: the environment's proxy
  bool insecure = false;          // plain http
  // "azure", "aws" or "gcp": the puller logs in by its own identity there. Empty: it does not.
  std::string provider = {};
};

enum class DriftMode {
  kCorrect,  // what somebody changed is given back
  kDetect,   // it is reported and left
  kIgnore,   // nobody looks
};

// Another mode for some objects, or for some fields of theirs. The last rule that matches an object
// decides its mode; the ignored fields of all that match add up.
struct DriftRule {
  std::string kind;   // empty: any; the other patterns likewise, and "*" stands for any text
  std::string group;  // of `kind`
  std::string name_space;
  std::string name;
  // RFC 6901, with [KEY=VALUE] for an item of a list: "/spec/replicas". Not empty: these fields are
  // left to others whatever the mode, and `mode` is not used.
  std::vector<std::string> paths;
  DriftMode mode = DriftMode::kCorrect;
};

struct DeliveryName {
  std::string name_space;
  std::string name;
  std::string to_string() const { return name_space + "/" + name; }
  auto operator<=>(const DeliveryName&) const = default;
};

// Variables from a ConfigMap or Secret of the Delivery's namespace; later ones win, and
// Delivery::substitute over all.
struct SubstituteSource {
  enum class Kind { kConfigMap, kSecret };
  Kind kind = Kind::kConfigMap;
  std::string name;
  bool optional = false;  // may be missing
};

// A kubeconfig in a Secret of the Delivery's namespace.
struct KubeConfigReference {
  std::string secret_name;  // empty: the puller's own cluster
  std::string key;          // empty: "value" (as Cluster API writes it), then "value.yaml"
};

enum class FailureAction {
  kKeep,      // what was applied stays, and the next run tries again
  kRollback,  // the last healthy artifact is applied again, from the cache
};

// What becomes of the objects when the Delivery is deleted.
enum class DeletionPolicy { kDelete, kOrphan };

// One application on its way into one cluster (kind Delivery, sealift.dev/v1alpha1), the same
// schema as a file and as a custom resource. docs/formats/delivery.md tells each field.
struct Delivery {
  Delivery(std::string delivery_name, std::string delivery_namespace, ArtifactSpec spec)
      : name(std::move(delivery_name)),
        name_space(std::move(delivery_namespace)),
        artifact(std::move(spec)) {}

  std::string name;
  std::string name_space;
  ArtifactSpec artifact;
  std::chrono::milliseconds interval{300'000};
  std::chrono::milliseconds retry_interval{60'000};
  std::chrono::milliseconds timeout{300'000};  // of a whole run, health included
  std::string path;                            // a folder of the artifact; empty: all of it
  std::string target_namespace;
  std::string service_account_name;  // impersonated; empty: the puller's own identity
  KubeConfigReference kube_config;
  bool prune = true;
  std::optional<std::uint64_t> prune_limit;  // most objects that one update may delete
  bool wait = true;
  std::vector<CustomHealth> health_checks;
  std::vector<DeliveryName> depends_on;
  std::map<std::string, std::string> substitute;  // ${NAME} in manifests
  std::vector<SubstituteSource> substitute_from;
  std::map<std::string, std::string> common_labels;  // on every object
  std::map<std::string, std::string> common_annotations;
  DriftMode drift = DriftMode::kCorrect;
  std::vector<DriftRule> drift_rules;
  bool preflight = true;  // a dry run of all changes before the first write
  FailureAction on_failure = FailureAction::kKeep;
  bool force = false;  // delete and create again where a field is immutable
  DeletionPolicy deletion_policy = DeletionPolicy::kDelete;
  bool suspend = false;

  // Of a custom resource; a file leaves them as they are.
  std::string uid;
  std::int64_t generation = 0;
  std::string requested_at;  // annotation sealift.dev/requestedAt: another value asks for a run
  std::optional<Digest> rollback_to;  // annotation sealift.dev/rollback-to
  // Annotation sealift.dev/allow-dependents: namespaces whose Deliveries may depend on this one.
  std::vector<std::string> allowed_dependents;
  bool deleting = false;  // its objects have to go, or to be let go

  // "NAMESPACE/NAME".
  std::string id() const { return name_space + "/" + name; }
};

// `source` begins each message. kInvalidInput for unknown fields, missing or contradicting ones.
Result<Delivery> parse_delivery(const Json& document, const std::string& source);

}  // namespace sealift::delivery
