#include <sealift/base/json_reader.h>
#include <sealift/signing/requirement.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "repository_pattern.h"
#include "signer_parser.h"

namespace sealift::signing {
namespace {

constexpr std::size_t kMaxPredicateTypeBytes = 512;

Result<Quorum> parse_named_quorum(ObjectReader& reader) {
  Quorum quorum;
  SEALIFT_TRY(parse_quorum(reader, quorum));
  SEALIFT_ASSIGN(quorum.signers, reader.strings("signers"));
  if (quorum.signers.empty()) return fail(reader.error_at("signers", "must name a signer"));
  SEALIFT_TRY(check_quorum(quorum, reader));
  return quorum;
}

Result<SignatureRequirement> parse_signatures(ObjectReader reader) {
  SEALIFT_ASSIGN(auto quorum, parse_named_quorum(reader));
  SEALIFT_TRY(reader.finish());
  return SignatureRequirement{std::move(quorum)};
}

Result<AttestationRequirement> parse_attestation(ObjectReader reader) {
  AttestationRequirement attestation;
  SEALIFT_ASSIGN(attestation.predicate_type, reader.required_string("predicateType"));
  const auto size = attestation.predicate_type.size();
  if (size == 0 || size > kMaxPredicateTypeBytes) {
    return fail(reader.error_at(
        "predicateType", "must have 1 to " + std::to_string(kMaxPredicateTypeBytes) + " bytes"));
  }
  SEALIFT_ASSIGN(attestation.quorum, parse_named_quorum(reader));
  SEALIFT_ASSIGN(attestation.conditions,
                 parse_conditions(reader.any("conditions"), reader.path_of("conditions")));
  SEALIFT_TRY(reader.finish());
  return attestation;
}

Result<Requirement> parse_nested(const Json& document, const std::string& path, std::size_t depth);

Result<Combination> parse_combination(Combination::Kind kind, const Json& list,
                                      const std::string& path, std::size_t depth) {
  const auto* elements = list.as_array();
  if (elements == nullptr || elements->empty() || elements->size() > kMaxRequirementChoices) {
    return fail(ErrorCode::kInvalidInput, path + ": must be a list of 1 to " +
                                              std::to_string(kMaxRequirementChoices) +
                                              " requirements");
  }
  if (depth == kMaxRequirementDepth) {
    return fail(ErrorCode::kInvalidInput,
                path + ": all and any are nested deeper than " +
                    std::to_string(kMaxRequirementDepth) +
                    " levels; each combination can be written as all of any");
  }
  Combination combination{kind, {}};
  for (std::size_t i = 0; i < elements->size(); ++i) {
    SEALIFT_ASSIGN(auto element,
                   parse_nested((*elements)[i], path + "[" + std::to_string(i) + "]", depth + 1));
    combination.of.push_back(std::move(element));
  }
  return combination;
}

Result<Requirement> parse_nested(const Json& document, const std::string& path, std::size_t depth) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, path));
  SEALIFT_ASSIGN(auto signatures, reader.optional_object("signatures"));
  SEALIFT_ASSIGN(auto attestation, reader.optional_object("attestation"));
  const Json* all = reader.any("all");
  const Json* any = reader.any("any");
  SEALIFT_TRY(reader.finish());
  const int count = (signatures ? 1 : 0) + (attestation ? 1 : 0) + (all ? 1 : 0) + (any ? 1 : 0);
  if (count != 1) {
    return fail(ErrorCode::kInvalidInput,
                path + ": must have exactly one of signatures, attestation, all and any");
  }
  if (signatures) {
    SEALIFT_ASSIGN(auto rule, parse_signatures(*std::move(signatures)));
    return Requirement{std::move(rule)};
  }
  if (attestation) {
    SEALIFT_ASSIGN(auto rule, parse_attestation(*std::move(attestation)));
    return Requirement{std::move(rule)};
  }
  using Kind = Combination::Kind;
  SEALIFT_ASSIGN(auto combination,
                 parse_combination(all ? Kind::kAll : Kind::kAny, all ? *all : *any,
                                   reader.path_of(all ? "all" : "any"), depth));
  return Requirement{std::move(combination)};
}

void add_quorums(const Requirement& requirement, std::vector<const Quorum*>& quorums) {
  if (const auto* combination = std::get_if<Combination>(&requirement.rule)) {
    for (const auto& each : combination->of) add_quorums(each, quorums);
  } else if (const auto* attestation = std::get_if<AttestationRequirement>(&requirement.rule)) {
    quorums.push_back(&attestation->quorum);
  } else {
    quorums.push_back(&std::get<SignatureRequirement>(requirement.rule).quorum);
  }
}

}  // namespace

std::vector<const Quorum*> quorums_of(const Requirement& requirement) {
  std::vector<const Quorum*> quorums;
  add_quorums(requirement, quorums);
  return quorums;
}

bool asks_for_attestations(const Requirement& requirement) {
  const auto* combination = std::get_if<Combination>(&requirement.rule);
  if (combination == nullptr) {
    return std::holds_alternative<AttestationRequirement>(requirement.rule);
  }
  return std::any_of(combination->of.begin(), combination->of.end(), asks_for_attestations);
}

Result<Requirement> parse_requirement(const Json& document, const std::string& path) {
  SEALIFT_ASSIGN(auto requirement, parse_nested(document, path, 0));
  if (quorums_of(requirement).size() > kMaxRequirements) {
    return fail(ErrorCode::kInvalidInput,
                path + ": holds more than " + std::to_string(kMaxRequirements) + " requirements");
  }
  return requirement;
}

Result<FreshnessRequirement> parse_freshness(const Json& document, const std::string& path) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, path));
  SEALIFT_ASSIGN(const auto max_age, reader.optional_duration("maxAge"));
  if (!max_age) return fail(reader.error_at("maxAge", "is required"));
  FreshnessRequirement freshness;
  freshness.max_age = std::chrono::duration_cast<std::chrono::seconds>(*max_age);
  if (freshness.max_age.count() < 1) {
    return fail(reader.error_at("maxAge", "must be at least one second"));
  }
  SEALIFT_ASSIGN(freshness.quorum, parse_named_quorum(reader));
  SEALIFT_ASSIGN(freshness.repositories, reader.strings("repositories"));
  if (freshness.repositories.size() > kMaxFreshnessPatterns) {
    return fail(reader.error_at(
        "repositories",
        "must hold at most " + std::to_string(kMaxFreshnessPatterns) + " patterns"));
  }
  for (const auto& pattern : freshness.repositories) {
    SEALIFT_TRY_CONTEXT(check_repository_pattern(pattern), reader.path_of("repositories"));
  }
  SEALIFT_TRY(reader.finish());
  return freshness;
}

}  // namespace sealift::signing
