#pragma once

#include <sealift/comparison/comparison.h>
#include <sealift/comparison/risk.h>

namespace sealift::comparison {

// The same for machines; docs/diff.md has the members.
Json json_report(const Comparison& comparison, const RiskSummary& risks, const Sides& sides);

}  // namespace sealift::comparison
