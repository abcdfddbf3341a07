#pragma once

#include <sealift/base/clock.h>
#include <sealift/signing/requirement.h>
#include <sealift/signing/requirement_result.h>
#include <sealift/signing/trust_policy.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "freshness_check.h"
#include "signature_judge.h"

namespace sealift::signing {

// Holds requirements against pieces that were judged one by one, and remembers of each piece
// whether it counted for any of them, and if not, why not.
class RequirementCheck {
 public:
  // `policy` must outlive the check.
  RequirementCheck(const TrustPolicy& policy, std::vector<JudgedSignature> pieces, Timestamp now);

  RequirementResult check(const Requirement& requirement);
  RequirementResult check(const FreshnessRequirement& requirement, const AskedReference& asked);

  // What became of a piece in all checks so far.
  struct Piece {
    JudgedSignature judged;
    bool counts = false;
    std::optional<Complaint> complaint = std::nullopt;  // the first one
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  // Why a piece does not do, apart from signer and proof; nullopt: it does.
  using Question = std::function<std::optional<Complaint>(const JudgedSignature&)>;
  RequirementResult ask(RequirementResult result, const Quorum& quorum,
                        std::string_view predicate_type, const Question& question);
  RequirementResult combine(const Combination& combination);
  std::vector<std::string> who_could(const RequirementResult& result) const;

  const TrustPolicy& policy_;
  std::vector<Piece> pieces_;
  Timestamp now_;
};

}  // namespace sealift::signing
