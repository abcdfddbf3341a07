#include <sealift/base/json.h>
#include <sealift/signing/policy_check.h>
#include <sealift/signing/trust_policy.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// What is read keeps its limits, names signers that there are, and can be checked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::signing;
  const auto document =
      parse_json(std::string_view(reinterpret_cast<const char*>(data), size), "input");
  if (!document) return 0;
  auto policy = parse_trust_policy(*document, "input");
  if (!policy) {
    if (policy.error().code() != ErrorCode::kInvalidInput) std::abort();
    return 0;
  }
  if (policy->keys.size() > kMaxPolicyKeys || policy->identities.size() > kMaxPolicyIdentities ||
      policy->repositories.empty()) {
    std::abort();
  }
  const bool has_root = policy->root || policy->root_folder;
  if (policy->root && policy->root_folder) std::abort();
  const auto quorums = quorums_of(*policy);
  if (quorums.empty() || quorums.size() > kMaxRequirements + 1) std::abort();
  for (const auto* quorum : quorums) {
    if (quorum->threshold < 1 || quorum->threshold > quorum->signers.size()) std::abort();
    if (quorum->transparency && *quorum->transparency != Transparency::kWaived && !has_root) {
      std::abort();
    }
  }
  if (!policy->identities.empty() && !has_root) std::abort();
  // Nobody has read it, so it must not count.
  if (policy->root_folder && !root_fault_at(*policy, Timestamp())) std::abort();
  (void)check_policies({*policy}, {"r.io/shop"}, Timestamp());
  return 0;
}
