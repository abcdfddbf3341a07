#pragma once

#include <sealift/base/json_reader.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/object.h>

#include <string>
#include <string_view>

namespace sealift::delivery {

// The parts of parse_delivery(). Each takes its fields from `spec` and leaves the others; the
// limits are those of packaging/crds/deliveries.sealift.dev.yaml.

// Member `artifact`.
Result<ArtifactSpec> read_artifact(ObjectReader& spec);
// healthChecks.
Result<> read_health_checks(ObjectReader& spec, Delivery& delivery);
// drift and driftRules.
Result<> read_drift(ObjectReader& spec, Delivery& delivery);
// substitute, substituteFrom and commonMetadata.
Result<> read_transforms(ObjectReader& spec, Delivery& delivery);

// What a custom resource has beside its spec: identity, deletion, and the annotations that ask for
// something.
Result<> read_metadata(const objects::Object& object, const std::string& where, Delivery& delivery);

// A member that names an object: a subdomain (RFC 1123). Empty where it is absent.
Result<std::string> optional_name(ObjectReader& reader, std::string_view member);
Result<std::string> required_name(ObjectReader& reader, std::string_view member);
// A member {name: NAME}; empty where it is absent.
Result<std::string> read_reference_name(ObjectReader& reader, std::string_view member);

// kInvalidInput where a list or map holds more than `limit`.
Result<> check_count(const ObjectReader& reader, std::string_view member, std::size_t count,
                     std::size_t limit);

}  // namespace sealift::delivery
