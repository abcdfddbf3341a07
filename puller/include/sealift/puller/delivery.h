#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/reference.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace sealift::puller {

// Which version of an artifact is wanted: exactly one of the three.
struct ArtifactSelector {
  std::string tag;
  std::string semver;  // a range over the repository's tags; the newest wins
  std::optional<Digest> digest;
};

struct ArtifactSpec {
  oci::Reference repository;  // without tag and digest
  ArtifactSelector select;
  std::string secret_name;        // kubernetes.io/dockerconfigjson; empty: anonymous
  std::string cert_secret_name;   // ca.crt, tls.crt, tls.key; empty: the system's roots
  std::string proxy_secret_name;  // address; empty: the environment's proxy
  bool insecure = false;          // plain http
};

enum class DriftMode {
  kCorrect,  // what somebody changed is given back
  kDetect,   // it is reported and left
  kIgnore,   // nobody looks
};

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
  bool prune = true;
  std::optional<std::uint64_t> prune_limit;  // most objects that one update may delete
  bool wait = true;
  DriftMode drift = DriftMode::kCorrect;
  bool suspend = false;

  // "NAMESPACE/NAME".
  std::string id() const { return name_space + "/" + name; }
};

// `source` begins each message. kInvalidInput for unknown fields, missing or contradicting ones.
Result<Delivery> parse_delivery(const Json& document, const std::string& source);

}  // namespace sealift::puller
