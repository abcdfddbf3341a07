#pragma once

#include <sealift/comparison/comparison.h>
#include <sealift/comparison/risk.h>

#include <string>

namespace sealift::comparison {

// For a terminal or a log: a diff for each object, then the risks, then a line that counts. Nothing
// from outside reaches the terminal as a control sequence.
std::string text_report(const Comparison& comparison, const RiskSummary& risks, const Sides& sides,
                        bool coloured);

// "2 changed, 1 added, 1 removed, 12 unchanged".
std::string counts(const Comparison& comparison);

}  // namespace sealift::comparison
