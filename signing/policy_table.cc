#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/signing/policy_table.h>
#include <sealift/signing/requirement_result.h>

#include <algorithm>
#include <set>
#include <utility>

namespace sealift::signing {
namespace {

constexpr std::string_view kApiVersion = "sealift.dev/v1alpha1";
constexpr std::string_view kKind = "PolicyTest";

bool is_rule(std::string_view name) {
  for (const auto rule : {PolicyRule::kRepository, PolicyRule::kManifest, PolicyRule::kTrustedRoot,
                          PolicyRule::kThreshold, PolicyRule::kRequirement, PolicyRule::kFreshness,
                          PolicyRule::kMaxAge, PolicyRule::kRollback}) {
    if (name == to_string(rule)) return true;
  }
  return false;
}

Result<PolicyExpectation> parse_expectation(ObjectReader reader) {
  PolicyExpectation expected;
  SEALIFT_ASSIGN(const auto verdict, reader.required_string("verdict"));
  SEALIFT_ASSIGN(expected.policy, reader.string_or("policy", ""));
  SEALIFT_ASSIGN(expected.rule, reader.string_or("rule", ""));
  SEALIFT_ASSIGN(expected.signers, reader.strings("signers"));
  SEALIFT_ASSIGN(expected.missing, reader.strings("missing"));
  SEALIFT_ASSIGN(expected.refusals, reader.strings("refusals"));
  SEALIFT_ASSIGN(expected.reason, reader.string_or("reason", ""));
  SEALIFT_TRY(reader.finish());
  if (verdict != "accepted" && verdict != "refused") {
    return fail(reader.error_at("verdict", "must be accepted or refused"));
  }
  expected.is_accepted = verdict == "accepted";
  if (!expected.rule.empty() && !is_rule(expected.rule)) {
    return fail(reader.error_at("rule", "is none of the rules of a policy"));
  }
  const bool names_refusal =
      !expected.rule.empty() || !expected.missing.empty() || !expected.reason.empty();
  if (expected.is_accepted && names_refusal) {
    return fail(
        reader.error_at("verdict", "is accepted, and rule, missing and reason say why not"));
  }
  return expected;
}

Result<AcceptedBefore> parse_before(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto text, reader.required_string("digest"));
  SEALIFT_ASSIGN_CONTEXT(auto digest, Digest::parse(text), reader.path_of("digest"));
  AcceptedBefore before{std::move(digest)};
  SEALIFT_ASSIGN(before.sequence, reader.required_int("sequence"));
  SEALIFT_TRY(reader.finish());
  return before;
}

Result<PolicyCase> parse_case(ObjectReader& reader) {
  PolicyCase one;
  SEALIFT_ASSIGN(one.name, reader.required_string("name"));
  SEALIFT_ASSIGN(one.artifact, reader.string_or("artifact", ""));
  SEALIFT_ASSIGN(one.evidence_file, reader.string_or("evidence", ""));
  SEALIFT_ASSIGN(const auto at, reader.optional_string("at"));
  if (at) {
    SEALIFT_ASSIGN_CONTEXT(one.at, parse_timestamp(*at), reader.path_of("at"));
  }
  SEALIFT_ASSIGN(auto before, reader.optional_object("acceptedBefore"));
  if (before) {
    SEALIFT_ASSIGN(one.before, parse_before(*std::move(before)));
  }
  SEALIFT_ASSIGN(auto expect, reader.required_object("expect"));
  SEALIFT_ASSIGN(one.expected, parse_expectation(std::move(expect)));
  SEALIFT_TRY(reader.finish());
  if (one.name.empty()) return fail(reader.error_at("name", "must not be empty"));
  if (one.artifact.empty() == one.evidence_file.empty()) {
    return fail(ErrorCode::kInvalidInput,
                reader.path() + ": must have one of artifact and evidence");
  }
  return one;
}

// The leaves of a result.
void add_leaves(const RequirementResult& result, std::vector<const RequirementResult*>& leaves) {
  if (result.of.empty()) leaves.push_back(&result);
  for (const auto& each : result.of) add_leaves(each, leaves);
}

std::vector<const RequirementResult*> leaves_of(const Evidence& evidence) {
  std::vector<const RequirementResult*> leaves;
  if (evidence.requirements) add_leaves(*evidence.requirements, leaves);
  if (evidence.freshness) add_leaves(*evidence.freshness, leaves);
  return leaves;
}

std::set<std::string> names_that_count(const Evidence& evidence) {
  std::set<std::string> names;
  for (const auto* leaf : leaves_of(evidence)) {
    for (const auto& vote : leaf->votes) names.insert(vote.signer);
  }
  return names;
}

std::set<std::string> names_that_could(const Evidence& evidence) {
  std::set<std::string> names;
  for (const auto* leaf : leaves_of(evidence)) {
    if (!leaf->is_met) names.insert(leaf->could_supply.begin(), leaf->could_supply.end());
  }
  return names;
}

std::set<std::string> refusals_of(const Evidence& evidence) {
  std::set<std::string> names;
  for (const auto& piece : evidence.refused) names.emplace(refusal_name(piece));
  return names;
}

void compare_names(const std::vector<std::string>& wanted, const std::set<std::string>& found,
                   const std::string& what, std::vector<std::string>& differences) {
  for (const auto& name : wanted) {
    if (found.contains(name)) continue;
    const std::vector<std::string> names(found.begin(), found.end());
    differences.push_back("\"" + printable(name) + "\" is expected among " + what + ": " +
                          (names.empty() ? "there are none" : list_of(names, "and")));
  }
}

std::string rule_of(const Evidence* evidence) {
  if (evidence == nullptr) return std::string(to_string(PolicyRule::kRepository));
  return evidence->broken_rule ? std::string(to_string(*evidence->broken_rule)) : "";
}

}  // namespace

Result<PolicyTable> parse_policy_table(const Json& document, const std::string& source) {
  SEALIFT_ASSIGN(auto top, ObjectReader::open(document, source));
  SEALIFT_ASSIGN(const auto api_version, top.required_string("apiVersion"));
  SEALIFT_ASSIGN(const auto kind, top.required_string("kind"));
  if (api_version != kApiVersion || kind != kKind) {
    return fail(
        top.error_at("kind", "must be " + std::string(kKind) + " of " + std::string(kApiVersion)));
  }
  PolicyTable table;
  SEALIFT_ASSIGN(auto metadata, top.required_object("metadata"));
  SEALIFT_ASSIGN(table.name, metadata.required_string("name"));
  SEALIFT_ASSIGN(auto spec, top.required_object("spec"));
  SEALIFT_TRY(top.finish());
  SEALIFT_ASSIGN(table.policy_files, spec.strings("policies"));
  SEALIFT_ASSIGN(auto cases, spec.objects("cases"));
  SEALIFT_TRY(spec.finish());
  if (table.policy_files.empty()) {
    return fail(spec.error_at("policies", "must name a file with TrustPolicies"));
  }
  if (cases.empty() || cases.size() > kMaxPolicyCases) {
    return fail(
        spec.error_at("cases", "must hold 1 to " + std::to_string(kMaxPolicyCases) + " cases"));
  }
  std::set<std::string> names;
  for (auto& each : cases) {
    SEALIFT_ASSIGN(auto one, parse_case(each));
    if (!names.insert(one.name).second) {
      return fail(each.error_at("name", "another case is called \"" + printable(one.name) + "\""));
    }
    table.cases.push_back(std::move(one));
  }
  return table;
}

std::vector<std::string> unexpected(const PolicyExpectation& expected, const Error* refusal,
                                    const Evidence* evidence) {
  std::vector<std::string> differences;
  const bool is_accepted = refusal == nullptr;
  if (is_accepted != expected.is_accepted) {
    differences.push_back(is_accepted
                              ? "it must be refused, and is accepted"
                              : "it must be accepted, and is refused: " + refusal->message());
  }
  const auto rule = rule_of(evidence);
  if (!is_accepted && !expected.rule.empty() && expected.rule != rule) {
    differences.push_back("the rule " + expected.rule + " must be broken, and it is " + rule);
  }
  if (!is_accepted && refusal->message().find(expected.reason) == std::string::npos) {
    differences.push_back("the refusal must say \"" + printable(expected.reason) +
                          "\", and says: " + refusal->message());
  }
  if (evidence == nullptr) {
    if (!expected.policy.empty()) {
      differences.push_back("the policy \"" + printable(expected.policy) +
                            "\" must decide, and none does");
    }
    return differences;
  }
  if (!expected.policy.empty() && expected.policy != evidence->policy) {
    differences.push_back("the policy \"" + printable(expected.policy) + "\" must decide, and \"" +
                          printable(evidence->policy) + "\" does");
  }
  compare_names(expected.signers, names_that_count(*evidence), "those who count", differences);
  compare_names(expected.missing, names_that_could(*evidence),
                "those who could supply what is missing", differences);
  compare_names(expected.refusals, refusals_of(*evidence), "the refusals", differences);
  return differences;
}

}  // namespace sealift::signing
