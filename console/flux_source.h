#pragma once

#include <sealift/base/json.h>
#include <sealift/objects/object.h>

#include <optional>
#include <string>
#include <vector>

#include "flux_fields.h"

namespace sealift::console {

// What a Delivery takes from an OCIRepository (source.toolkit.fluxcd.io).
struct FluxSource {
  Json artifact;         // spec.artifact of a Delivery
  std::string interval;  // how often the registry is asked
  bool suspend = false;
};

FluxSource convert_source(const objects::Object& repository, Remarks& remarks);

// The TrustPolicy that spec.verify stands for, where its keys are in a Secret among `objects`;
// otherwise nullopt and remarks.
std::optional<Json> convert_verify(const objects::Object& repository,
                                   const std::vector<objects::Object>& objects, Remarks& remarks);

}  // namespace sealift::console
