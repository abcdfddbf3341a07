#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/verifier.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxPolicyCases = 1'000;

// The answer that a policy must give about an artifact. What is empty is not compared.
struct PolicyExpectation {
  bool is_accepted = false;
  std::string policy = {};                // that decides
  std::string rule = {};                  // that is broken, as to_string(PolicyRule)
  std::vector<std::string> signers = {};  // each of them counts
  std::vector<std::string> missing =
      {};  // each of them could supply what an unmet requirement lacks
  std::vector<std::string> refusals = {};  // each of them is the type of a piece's refusal
  std::string reason = {};                 // a part of the refusal's sentence
};

// One row: an artifact by its reference, or as an evidence document has it.
struct PolicyCase {
  std::string name;
  std::string artifact;       // a reference; empty: evidence_file
  std::string evidence_file;  // as it is written
  std::optional<Timestamp> at;
  std::optional<AcceptedBefore> before;
  PolicyExpectation expected;
};

// A table of artifacts with the answers that they must get (kind PolicyTest).
// docs/policies.md has its form.
struct PolicyTable {
  std::string name;
  std::vector<std::string> policy_files;  // as they are written
  std::vector<PolicyCase> cases;
};

// `source` begins each message. kInvalidInput: unknown members, a case without a name or with that
// of another, neither or both of artifact and evidence, an answer that contradicts itself, a rule
// that there is not, more than kMaxPolicyCases.
Result<PolicyTable> parse_policy_table(const Json& document, const std::string& source);

// What is otherwise than expected, in sentences; empty: nothing. `refusal` is null where the
// artifact was accepted, `evidence` is null where no policy was about it.
std::vector<std::string> unexpected(const PolicyExpectation& expected, const Error* refusal,
                                    const Evidence* evidence);

}  // namespace sealift::signing
