#include <sealift/base/json_reader.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>

#include "repository_pattern.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kApiVersion = "sealift.dev/v1alpha1";
constexpr std::string_view kKind = "TrustPolicy";

Result<std::optional<Timestamp>> optional_time(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.optional_string(name));
  if (!text) return std::nullopt;
  auto time = parse_timestamp(*text);
  if (!time) return fail(reader.error_at(name, time.error().message()));
  return *time;
}

Result<NamedKey> parse_key(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto name, reader.required_string("name"));
  if (name.empty()) return fail(reader.error_at("name", "must not be empty"));
  SEALIFT_ASSIGN(const auto pem, reader.required_string("publicKey"));
  SEALIFT_ASSIGN(auto key, crypto::PublicKey::from_pem(pem, reader.path_of("publicKey")));
  SEALIFT_ASSIGN(const auto not_before, optional_time(reader, "notBefore"));
  SEALIFT_ASSIGN(const auto not_after, optional_time(reader, "notAfter"));
  if (not_before && not_after && *not_after <= *not_before) {
    return fail(reader.error_at("notAfter", "must be later than notBefore"));
  }
  SEALIFT_TRY(reader.finish());
  return NamedKey{std::move(name), std::move(key), not_before, not_after};
}

Result<> check_distinct(const std::vector<NamedKey>& keys, const ObjectReader& reader) {
  for (auto key = keys.begin(); key != keys.end(); ++key) {
    for (auto other = keys.begin(); other != key; ++other) {
      if (key->name == other->name) {
        return fail(reader.error_at("keys", "two keys have the name \"" + key->name + "\""));
      }
      if (key->key.der() == other->key.der()) {
        return fail(
            reader.error_at("keys", "\"" + other->name + "\" and \"" + key->name +
                                        "\" are the same key, which would count as one signer"));
      }
    }
  }
  return {};
}

Result<> parse_signatures(ObjectReader reader, TrustPolicy& policy) {
  SEALIFT_ASSIGN(const auto threshold, reader.int_or("threshold", 1));
  SEALIFT_ASSIGN(auto keys, reader.objects("keys"));
  if (keys.empty()) return fail(reader.error_at("keys", "must hold at least one key"));
  if (keys.size() > kMaxPolicyKeys) {
    return fail(
        reader.error_at("keys", "holds more than " + std::to_string(kMaxPolicyKeys) + " keys"));
  }
  for (auto& key : keys) {
    SEALIFT_ASSIGN(auto parsed, parse_key(key));
    policy.keys.push_back(std::move(parsed));
  }
  SEALIFT_TRY(check_distinct(policy.keys, reader));
  if (threshold < 1 || threshold > static_cast<std::int64_t>(policy.keys.size())) {
    return fail(reader.error_at("threshold", "must be from 1 to the number of keys, which is " +
                                                 std::to_string(policy.keys.size())));
  }
  policy.threshold = static_cast<std::uint32_t>(threshold);
  return reader.finish();
}

Result<> parse_repositories(ObjectReader& reader, TrustPolicy& policy) {
  SEALIFT_ASSIGN(policy.repositories, reader.strings("repositories"));
  if (policy.repositories.empty() || policy.repositories.size() > kMaxPolicyPatterns) {
    return fail(reader.error_at(
        "repositories", "must hold 1 to " + std::to_string(kMaxPolicyPatterns) + " patterns"));
  }
  for (const auto& pattern : policy.repositories) {
    SEALIFT_TRY_CONTEXT(check_repository_pattern(pattern), reader.path_of("repositories"));
  }
  return {};
}

Result<TrustPolicy::Rollback> parse_rollback(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto text, reader.string_or("rollback", "deny"));
  if (text == "deny") return TrustPolicy::Rollback::kDeny;
  if (text == "allow") return TrustPolicy::Rollback::kAllow;
  return fail(reader.error_at("rollback", "must be deny or allow"));
}

Result<> parse_spec(ObjectReader reader, TrustPolicy& policy) {
  SEALIFT_TRY(parse_repositories(reader, policy));
  SEALIFT_ASSIGN(auto signatures, reader.required_object("signatures"));
  SEALIFT_TRY(parse_signatures(std::move(signatures), policy));
  SEALIFT_ASSIGN(policy.rollback, parse_rollback(reader));
  SEALIFT_ASSIGN(const auto max_age, reader.optional_duration("maxAge"));
  if (max_age) {
    policy.max_age = std::chrono::duration_cast<std::chrono::seconds>(*max_age);
    if (policy.max_age->count() < 1) {
      return fail(reader.error_at("maxAge", "must be at least one second"));
    }
  }
  return reader.finish();
}

std::string known_patterns(const std::vector<TrustPolicy>& policies) {
  std::string text;
  for (const auto& policy : policies) {
    for (const auto& pattern : policy.repositories) {
      if (text.size() > 1'000) return text + ", …";
      text.append(text.empty() ? "" : ", ").append(pattern);
    }
  }
  return text;
}

}  // namespace

Result<TrustPolicy> parse_trust_policy(const Json& document, const std::string& source) {
  SEALIFT_ASSIGN(auto top, ObjectReader::open(document, source));
  SEALIFT_ASSIGN(const auto api_version, top.required_string("apiVersion"));
  SEALIFT_ASSIGN(const auto kind, top.required_string("kind"));
  if (api_version != kApiVersion || kind != kKind) {
    return fail(
        top.error_at("kind", "must be " + std::string(kKind) + " of " + std::string(kApiVersion)));
  }
  TrustPolicy policy;
  SEALIFT_ASSIGN(auto metadata, top.required_object("metadata"));
  SEALIFT_ASSIGN(policy.name, metadata.required_string("name"));
  if (policy.name.empty()) return fail(metadata.error_at("name", "must not be empty"));
  SEALIFT_ASSIGN(auto spec, top.required_object("spec"));
  SEALIFT_TRY(parse_spec(std::move(spec), policy));
  // The cluster's own member, of no meaning to a reader.
  top.any("status");
  SEALIFT_TRY(top.finish());
  return policy;
}

TrustPolicy policy_for_key(crypto::PublicKey key, std::string name) {
  TrustPolicy policy;
  policy.name = "key " + name;
  policy.repositories = {"**"};
  policy.keys.push_back({std::move(name), std::move(key), std::nullopt, std::nullopt});
  policy.rollback = TrustPolicy::Rollback::kAllow;
  return policy;
}

Result<const TrustPolicy*> select_policy(const std::vector<TrustPolicy>& policies,
                                         std::string_view repository) {
  const TrustPolicy* best = nullptr;
  const TrustPolicy* rival = nullptr;
  std::size_t best_literals = 0;
  for (const auto& policy : policies) {
    for (const auto& pattern : policy.repositories) {
      if (!repository_pattern_matches(pattern, repository)) continue;
      const std::size_t literals = literal_characters(pattern);
      if (best == nullptr || literals > best_literals) {
        best = &policy;
        rival = nullptr;
        best_literals = literals;
      } else if (literals == best_literals && best != &policy) {
        rival = &policy;
      }
    }
  }
  if (best == nullptr) {
    return fail(ErrorCode::kUntrusted,
                "no trust policy is about " + std::string(repository) +
                    ", and without a policy nothing is trusted; " +
                    (policies.empty() ? "there are no policies"
                                      : "the policies' patterns are " + known_patterns(policies)) +
                    ": add a TrustPolicy with a pattern that matches");
  }
  if (rival != nullptr) {
    return fail(ErrorCode::kUntrusted, "the trust policies \"" + best->name + "\" and \"" +
                                           rival->name + "\" are equally specific about " +
                                           std::string(repository) +
                                           "; make the pattern of one of them longer");
  }
  return best;
}

}  // namespace sealift::signing
