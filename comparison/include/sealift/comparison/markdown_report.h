#pragma once

#include <sealift/comparison/comparison.h>
#include <sealift/comparison/risk.h>

#include <cstddef>
#include <string>

namespace sealift::comparison {

// GitHub refuses comments beyond 65,536 characters; what else writes around ours has the rest.
inline constexpr std::size_t kMaxMarkdownBytes = 60'000;

// A comment for a merge request, in GitHub's and GitLab's Markdown: counts, a table of risks, and a
// folded diff for each object. Nothing from outside is markup there, mentions anybody or links
// anywhere. What has no room is counted in the last sentence.
std::string markdown_report(const Comparison& comparison, const RiskSummary& risks,
                            const Sides& sides);

}  // namespace sealift::comparison
