#include <sealift/base/encoding.h>
#include <sealift/tuf/target_search.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace sealift::tuf {
namespace {

// Puts the delegations that cover the path on the stack, the first one on top.
void push_covering(const Targets& targets, std::string_view path, std::vector<Delegation>& stack) {
  std::vector<Delegation> covering;
  for (const auto& delegation : targets.delegations) {
    if (!delegation.covers(path)) continue;
    covering.push_back(delegation);
    if (!delegation.terminating) continue;
    stack.clear();  // nobody else may answer, neither here nor further up
    break;
  }
  std::move(covering.rbegin(), covering.rend(), std::back_inserter(stack));
}

}  // namespace

Result<TargetFile> find_target(const Targets& top, std::string_view path,
                               const LoadDelegated& load) {
  if (const auto* found = top.find(path)) return *found;
  std::set<std::string> visited = {top.envelope.role};
  std::vector<Delegation> stack;
  push_covering(top, path, stack);
  while (!stack.empty()) {
    const Delegation delegation = std::move(stack.back());
    stack.pop_back();
    if (visited.contains(delegation.role)) continue;
    if (visited.size() >= kMaxVisitedRoles) {
      return fail(
          Refusal{RefusalKind::kLimit, delegation.role, 0,
                  "the search for " + printable(path) + " would visit more than " +
                      std::to_string(kMaxVisitedRoles) +
                      " delegated roles, the limit of this client; ask the repository's owners to "
                      "delegate the path to fewer"});
    }
    visited.insert(delegation.role);
    SEALIFT_ASSIGN(const auto targets, load(delegation));
    if (const auto* found = targets.find(path)) return *found;
    push_covering(targets, path, stack);
  }
  return fail(ErrorCode::kNotFound, "the repository has no target " + printable(path) +
                                        "; its name is case-sensitive and includes the folders");
}

}  // namespace sealift::tuf
