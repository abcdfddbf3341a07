#pragma once

#include <sealift/base/json.h>
#include <sealift/signing/freshness.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sealift::signing {

// How one requirement of a policy fared, and those within it.
struct RequirementResult {
  enum class Kind { kSignatures, kAttestation, kFreshness, kAll, kAny };

  // A signer that counts, and the piece by which.
  struct Vote {
    std::string signer;
    std::string location;
    std::optional<FreshnessStatement> statement = std::nullopt;  // kFreshness: what it says
  };

  Kind kind = Kind::kSignatures;
  bool is_met = false;
  std::string predicate_type = {};  // kAttestation
  std::uint32_t threshold = 0;      // not of kAll and kAny, as the next three
  std::vector<std::string> signers = {};
  std::vector<Vote> votes = {};
  // Signers that have not, and whose key counts now.
  std::vector<std::string> could_supply = {};
  // Why not, in a sentence that says what is missing; empty where it is met.
  std::string reason = {};
  std::vector<RequirementResult> of = {};  // kAll, kAny
};

// {"requirement":"signatures","met":false,"threshold":2,"signers":[…],
//  "counted":[{"signer","location"}…],"couldSupply":[…],"reason":…} or
// {"requirement":"all","met":…,"of":[…]}
Json to_json(const RequirementResult& result);
// A line for each requirement, indented by two blanks for each level, from `level` on.
std::string describe(const RequirementResult& result, std::size_t level);

// "\"a\", \"b\" or \"c\"".
std::string list_of(const std::vector<std::string>& names, const std::string& conjunction);

}  // namespace sealift::signing
