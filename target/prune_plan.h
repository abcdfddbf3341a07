#pragma once

#include <sealift/objects/object.h>
#include <sealift/target/plan.h>

#include <optional>
#include <set>

namespace sealift::target {

// What a prune leaves alone: what is in the artifact, ignored objects included.
std::set<objects::ObjectId> wanted_in(const DesiredState& desired);

// Fills `prunes`, `kept`, `disowned` and `spared` of the plan: what lives and is not wanted goes,
// in the reverse order of applying, but for what is kept or not ours. A Namespace stays while a
// member that stays or the parent lives in it, and a CustomResourceDefinition while one is of its
// group. Pure.
void plan_prunes(const std::set<objects::ObjectId>& wanted,
                 const std::optional<objects::ObjectId>& parent, const LiveObjects& live,
                 Plan& plan);

}  // namespace sealift::target
