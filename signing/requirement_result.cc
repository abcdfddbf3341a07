#include <sealift/base/encoding.h>
#include <sealift/signing/requirement_result.h>

#include <string_view>

namespace sealift::signing {
namespace {

using Kind = RequirementResult::Kind;

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kSignatures:
      return "signatures";
    case Kind::kAttestation:
      return "attestation";
    case Kind::kFreshness:
      return "freshness";
    case Kind::kAll:
      return "all";
    case Kind::kAny:
      return "any";
  }
  return "unknown";
}

bool is_combination(const RequirementResult& result) {
  return result.kind == Kind::kAll || result.kind == Kind::kAny;
}

Json to_array(const std::vector<std::string>& names) {
  Json array = Json::array();
  for (const auto& name : names) array.push_back(name);
  return array;
}

Json to_json(const RequirementResult::Vote& vote) {
  Json json;
  json.set("signer", vote.signer);
  json.set("location", vote.location);
  if (const auto& statement = vote.statement) {
    json.set("repository", statement->repository);
    json.set("tag", statement->tag);
    json.set("time", format_timestamp(statement->time));
  }
  return json;
}

std::string describe(const RequirementResult::Vote& vote) {
  auto text = "\"" + printable(vote.signer) + "\" by " + printable(vote.location);
  if (const auto& statement = vote.statement) {
    text += ", of " + printable(statement->repository) + ":" + printable(statement->tag) +
            " as of " + format_timestamp(statement->time);
  }
  return text;
}

std::string title_of(const RequirementResult& result) {
  if (result.kind == Kind::kAll) return "all of " + std::to_string(result.of.size());
  if (result.kind == Kind::kAny) return "any of " + std::to_string(result.of.size());
  std::string title(to_string(result.kind));
  if (!result.predicate_type.empty()) title += " " + printable(result.predicate_type);
  title += " by " + std::to_string(result.threshold) + " of " + list_of(result.signers, ",");
  return title;
}

}  // namespace

std::string list_of(const std::vector<std::string>& names, const std::string& conjunction) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_last = i + 1 == names.size() && conjunction != ",";
    if (i > 0) text += is_last ? " " + conjunction + " " : ", ";
    text += "\"" + printable(names[i]) + "\"";
  }
  return text;
}

Json to_json(const RequirementResult& result) {
  Json json;
  json.set("requirement", to_string(result.kind));
  json.set("met", result.is_met);
  if (is_combination(result)) {
    Json& of = json.set("of", Json::array());
    for (const auto& each : result.of) of.push_back(to_json(each));
    return json;
  }
  if (!result.predicate_type.empty()) json.set("predicateType", result.predicate_type);
  json.set("threshold", static_cast<std::int64_t>(result.threshold));
  json.set("signers", to_array(result.signers));
  Json& counted = json.set("counted", Json::array());
  for (const auto& vote : result.votes) counted.push_back(to_json(vote));
  if (result.is_met) return json;
  json.set("couldSupply", to_array(result.could_supply));
  json.set("reason", result.reason);
  return json;
}

std::string describe(const RequirementResult& result, std::size_t level) {
  const std::string indent(2 * level, ' ');
  std::string out = indent + (result.is_met ? "met: " : "not met: ") + title_of(result) + "\n";
  for (const auto& vote : result.votes) {
    out += indent + "  " + describe(vote) + "\n";
  }
  if (!result.reason.empty()) out += indent + "  " + printable(result.reason, 1'000) + "\n";
  for (const auto& each : result.of) out += describe(each, level + 1);
  return out;
}

}  // namespace sealift::signing
