#pragma once

#include <sealift/comparison/comparison.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::comparison {

enum class Severity { kHigh, kMedium, kLow };
std::string_view to_string(Severity severity);  // high, medium, low

// A change that somebody should look at before it goes out.
struct Finding {
  Severity severity = Severity::kLow;
  std::string object;    // "Deployment.apps shop/web"
  std::string field;     // as in FieldChange; empty: the whole object
  std::string sentence;  // what it means, for people
};

struct RiskSummary {
  std::vector<Finding> findings;  // the most severe first, then in the order of objects
  std::size_t omitted = 0;        // beyond kMaxFindings
};

inline constexpr std::size_t kMaxFindings = 1'000;

// What the changes mean for a cluster: other images, fewer replicas, more rights, lost data,
// definitions that others rely on, pods with a hold on their node, doors to the outside, admission.
// docs/diff.md lists each. It says what is different and judges nothing; a policy does that.
RiskSummary summarize_risk(const Comparison& comparison);

}  // namespace sealift::comparison
