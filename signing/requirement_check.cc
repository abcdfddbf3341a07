#include "requirement_check.h"

#include <sealift/base/encoding.h>
#include <sealift/signing/freshness.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>
#include <utility>

#include "vote_count.h"

namespace sealift::signing {
namespace {

using Kind = RequirementResult::Kind;

std::string subject_of(const RequirementResult& result) {
  switch (result.kind) {
    case Kind::kAttestation:
      return "an attestation " + printable(result.predicate_type) + " by ";
    case Kind::kFreshness:
      return "a freshness statement by ";
    default:
      return "";
  }
}

// "2 of 3 signers are needed; "release" signed; "security-a" or "security-b" could".
std::string reason_of(const RequirementResult& result) {
  const auto needed = result.threshold;
  std::string text = subject_of(result) + std::to_string(needed) + " of " +
                     std::to_string(result.signers.size()) +
                     (result.signers.size() == 1 ? " signer " : " signers ") +
                     (needed == 1 || result.kind != Kind::kSignatures ? "is" : "are") + " needed; ";
  std::vector<std::string> signed_by;
  for (const auto& vote : result.votes) signed_by.push_back(vote.signer);
  text += (signed_by.empty() ? "nobody" : list_of(signed_by, "and")) +
          (result.kind == Kind::kSignatures ? " signed" : " made one that counts");
  if (signed_by.size() + result.could_supply.size() < needed) {
    return text + "; not enough others have a key that still counts";
  }
  return text + "; " + list_of(result.could_supply, "or") + " could";
}

// What a piece that counts for freshness says.
std::optional<FreshnessStatement> statement_of(Kind kind, const Json& predicate) {
  if (kind != Kind::kFreshness) return std::nullopt;
  auto statement = parse_freshness_statement(predicate);
  if (!statement) return std::nullopt;
  return *std::move(statement);
}

const Reading& reading_for(const Quorum& quorum, const JudgedSignature& judged) {
  return judged.reading(judged.seen.identity ? quorum.transparency_of_identities()
                                             : quorum.transparency_of_keys());
}

// Of several requirements for which a piece counts, one may look at more than another.
void show(const Proof& proof, AcceptedSignature& seen) {
  if (!seen.logs.empty()) return;
  seen.logs = proof.logs;
  seen.timestamps = proof.timestamps;
  seen.signed_at = proof.signed_at;
}

}  // namespace

RequirementCheck::RequirementCheck(const TrustPolicy& policy, std::vector<JudgedSignature> pieces,
                                   Timestamp now)
    : policy_(policy), now_(now) {
  for (auto& judged : pieces) pieces_.push_back({std::move(judged)});
}

RequirementResult RequirementCheck::check(const Requirement& requirement) {
  if (const auto* combination = std::get_if<Combination>(&requirement.rule)) {
    return combine(*combination);
  }
  if (const auto* attestation = std::get_if<AttestationRequirement>(&requirement.rule)) {
    return ask({.kind = Kind::kAttestation, .predicate_type = attestation->predicate_type},
               attestation->quorum, attestation->predicate_type,
               [&](const JudgedSignature& judged) -> std::optional<Complaint> {
                 auto unmet = unmet_condition(attestation->conditions, judged.predicate);
                 if (unmet.empty()) return std::nullopt;
                 return Complaint{Refusal::kCondition, "the attestation's " + std::move(unmet)};
               });
  }
  return ask({.kind = Kind::kSignatures}, std::get<SignatureRequirement>(requirement.rule).quorum,
             sigstore::kSignaturePredicateType,
             [](const JudgedSignature&) { return std::nullopt; });
}

RequirementResult RequirementCheck::check(const FreshnessRequirement& requirement,
                                          const AskedReference& asked) {
  return ask({.kind = Kind::kFreshness}, requirement.quorum, kFreshnessPredicateType,
             [&](const JudgedSignature& judged) -> std::optional<Complaint> {
               const auto statement = parse_freshness_statement(judged.predicate);
               if (!statement) return Complaint{Refusal::kMalformed, statement.error().message()};
               return fault_of(*statement, requirement, asked, now_);
             });
}

RequirementResult RequirementCheck::combine(const Combination& combination) {
  const bool is_all = combination.kind == Combination::Kind::kAll;
  RequirementResult result{.kind = is_all ? Kind::kAll : Kind::kAny};
  std::size_t met = 0;
  std::string unmet;
  for (const auto& each : combination.of) {
    auto part = check(each);
    if (part.is_met) {
      ++met;
    } else {
      unmet += (unmet.empty() ? "" : is_all ? "; and " : "; or ") + part.reason;
    }
    result.of.push_back(std::move(part));
  }
  result.is_met = met > 0 && (!is_all || met == result.of.size());
  if (!result.is_met) result.reason = (is_all ? "" : "one of these is missing: ") + unmet;
  return result;
}

RequirementResult RequirementCheck::ask(RequirementResult result, const Quorum& quorum,
                                        std::string_view predicate_type, const Question& question) {
  result.threshold = std::max<std::uint32_t>(1, quorum.threshold);
  result.signers = quorum.signers;
  std::vector<Ballot> ballots;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    auto& [judged, counts, complaint] = pieces_[i];
    if (judged.seen.predicate_type != predicate_type) continue;
    std::vector<std::string> names;
    for (const auto& name : judged.signers) {
      if (std::find(quorum.signers.begin(), quorum.signers.end(), name) != quorum.signers.end()) {
        names.push_back(name);
      }
    }
    if (names.empty()) continue;
    const auto& reading = reading_for(quorum, judged);
    auto fault = reading ? question(judged) : reading.error();
    if (fault) {
      if (!complaint) complaint = std::move(fault);
      continue;
    }
    counts = true;
    show(*reading, judged.seen);
    ballots.push_back({judged.person, std::move(names), i});
  }
  for (auto& [signer, piece] : count_votes(ballots)) {
    auto& judged = pieces_[piece].judged;
    judged.seen.signer = signer;
    result.votes.push_back(
        {std::move(signer), judged.seen.location, statement_of(result.kind, judged.predicate)});
  }
  result.is_met = result.votes.size() >= result.threshold;
  if (result.is_met) return result;
  result.could_supply = who_could(result);
  result.reason = reason_of(result);
  return result;
}

// Whose key counts now, or who is an identity, and who does not count yet.
std::vector<std::string> RequirementCheck::who_could(const RequirementResult& result) const {
  std::vector<std::string> names;
  for (const auto& name : result.signers) {
    const bool has_voted = std::any_of(result.votes.begin(), result.votes.end(),
                                       [&](const auto& vote) { return vote.signer == name; });
    const auto* key = key_named(policy_, name);
    const bool counts = key == nullptr || key->fault_at(now_).empty();
    if (!has_voted && counts) names.push_back(name);
  }
  return names;
}

}  // namespace sealift::signing
