#include "check_rules.h"

#include <algorithm>
#include <utility>

namespace sealift::project {
namespace {

constexpr std::size_t kMaxText = 1'024;
constexpr std::size_t kMaxDefinitions = 100;

Result<> read_severities(ObjectReader& reader, CheckRules& rules) {
  SEALIFT_ASSIGN(const auto given, reader.string_map("severities"));
  checks::CheckOptions options;
  for (const auto& [rule, word] : given) {
    if (auto set = options.set_severity(rule, word); !set) {
      return fail(reader.error_at("severities", std::string(set.error().message())));
    }
  }
  for (auto& [rule, severity] : options.severities) {
    rules.severities.insert_or_assign(rule, severity);
  }
  return {};
}

}  // namespace

Result<CheckRules> read_checks(ObjectReader& owner, const CheckRules& defaults) {
  CheckRules rules = defaults;
  SEALIFT_ASSIGN(auto reader, owner.optional_object("checks"));
  if (!reader) return rules;
  SEALIFT_ASSIGN(rules.kube_version, reader->string_or("kubeVersion", rules.kube_version));
  SEALIFT_ASSIGN(rules.schemas, reader->string_or("schemas", rules.schemas));
  SEALIFT_ASSIGN(auto definitions, reader->strings("definitions"));
  if (!definitions.empty()) rules.definitions = std::move(definitions);
  if (rules.definitions.size() > kMaxDefinitions) {
    return fail(reader->error_at("definitions", "must be at most 100"));
  }
  SEALIFT_ASSIGN(rules.allow_secrets, reader->bool_or("allowSecrets", rules.allow_secrets));
  SEALIFT_TRY(read_severities(*reader, rules));
  const auto is_long = [](const std::string& text) { return text.size() > kMaxText; };
  if (is_long(rules.kube_version) || is_long(rules.schemas) ||
      std::ranges::any_of(rules.definitions, is_long)) {
    return fail(owner.error_at("checks", "a text has more than 1024 characters"));
  }
  SEALIFT_TRY(reader->finish());
  return rules;
}

}  // namespace sealift::project
