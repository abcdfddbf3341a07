#pragma once

#include <sealift/base/json.h>
#include <sealift/objects/object.h>

#include "flux_fields.h"
#include "flux_source.h"

namespace sealift::console {

// The Delivery that a Kustomization (kustomize.toolkit.fluxcd.io) and its source stand for. It has
// not been checked.
Json convert_kustomization(const objects::Object& kustomization, FluxSource source,
                           Remarks& remarks);

// spec.healthCheckExprs as healthChecks of a Delivery: the comparisons that most of them are, of a
// condition's status or of one field, joined by "&&". Others are lost.
Json convert_health_expressions(const Json& expressions, const std::string& path, Remarks& remarks);

}  // namespace sealift::console
