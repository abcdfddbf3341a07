#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>

#include "repository_pattern.h"
#include "signer_parser.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kApiVersion = "sealift.dev/v1alpha1";
constexpr std::string_view kKind = "TrustPolicy";

// The short form: signatures by the signers that stand in it, and nothing else.
Result<Requirement> parse_signatures(ObjectReader reader, Signers& all) {
  Signers own;
  SignatureRequirement signatures;
  auto& quorum = signatures.quorum;
  SEALIFT_TRY(parse_quorum(reader, quorum));
  SEALIFT_TRY(parse_signers(reader, own));
  SEALIFT_TRY(reader.finish());
  for (const auto& key : own.keys) quorum.signers.push_back(key.name);
  for (const auto& identity : own.identities) quorum.signers.push_back(identity.name);
  if (quorum.signers.empty()) return fail(reader.error_at("keys", "must hold at least one key"));
  if (quorum.threshold > quorum.signers.size()) {
    return fail(
        reader.error_at("threshold", "must be from 1 to the number of " +
                                         std::string(own.identities.empty() ? "keys" : "signers") +
                                         ", which is " + std::to_string(quorum.signers.size())));
  }
  SEALIFT_TRY(all.add(std::move(own), reader));
  return Requirement{std::move(signatures)};
}

Result<> parse_requirements(ObjectReader& reader, TrustPolicy& policy) {
  Signers signers;
  SEALIFT_ASSIGN(auto named, reader.optional_object("signers"));
  if (named) {
    SEALIFT_TRY(parse_signers(*named, signers));
    SEALIFT_TRY(named->finish());
  }
  const Json* require = reader.any("require");
  SEALIFT_ASSIGN(auto signatures, reader.optional_object("signatures"));
  if ((require != nullptr) == signatures.has_value()) {
    return fail(reader.error_at(
        "signatures", signatures ? "and require exclude each other" : "or require is required"));
  }
  if (signatures) {
    SEALIFT_ASSIGN(policy.require, parse_signatures(*std::move(signatures), signers));
  } else {
    SEALIFT_ASSIGN(policy.require, parse_requirement(*require, reader.path_of("require")));
  }
  if (const Json* freshness = reader.any("freshness")) {
    SEALIFT_ASSIGN(policy.freshness, parse_freshness(*freshness, reader.path_of("freshness")));
  }
  policy.keys = std::move(signers.keys);
  policy.identities = std::move(signers.identities);
  return {};
}

template <typename Named>
const Named* find_name(const std::vector<Named>& among, std::string_view name) {
  const auto found = std::find_if(among.begin(), among.end(),
                                  [&](const Named& each) { return each.name == name; });
  return found == among.end() ? nullptr : &*found;
}

// What only the whole policy tells: whether each signer is somebody, and whether there is a root
// where one is needed.
Result<> check_signers(const TrustPolicy& policy, const ObjectReader& reader) {
  bool needs_root = !policy.identities.empty();
  for (const auto* quorum : quorums_of(policy)) {
    for (const auto& name : quorum->signers) {
      if (key_named(policy, name) != nullptr || identity_named(policy, name) != nullptr) continue;
      return fail(reader.error_at("signers", "has no key and no identity \"" + printable(name) +
                                                 "\", which a requirement names"));
    }
    needs_root =
        needs_root || quorum->transparency.value_or(Transparency::kWaived) != Transparency::kWaived;
  }
  if (!needs_root || policy.root || policy.root_folder) return {};
  return fail(reader.error_at(
      "trustedRoot",
      "is required, because identities and logs are believed as far as a root of trust says: "
      "{sigstore: public}, {inline: …} with your own trusted_root.json, or {folder: …} with the "
      "name of a trust folder"));
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
  SEALIFT_TRY(parse_requirements(reader, policy));
  SEALIFT_ASSIGN(auto root, reader.optional_object("trustedRoot"));
  SEALIFT_ASSIGN(auto place, parse_policy_root(std::move(root)));
  policy.root = std::move(place.root);
  policy.root_folder = std::move(place.folder);
  SEALIFT_ASSIGN(policy.rollback, parse_rollback(reader));
  SEALIFT_ASSIGN(const auto max_age, reader.optional_duration("maxAge"));
  if (max_age) {
    policy.max_age = std::chrono::duration_cast<std::chrono::seconds>(*max_age);
    if (policy.max_age->count() < 1) {
      return fail(reader.error_at("maxAge", "must be at least one second"));
    }
  }
  SEALIFT_TRY(reader.finish());
  return check_signers(policy, reader);
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
  policy.require = Requirement{SignatureRequirement{{.signers = {name}}}};
  policy.keys.push_back({std::move(name), std::move(key)});
  policy.rollback = TrustPolicy::Rollback::kAllow;
  return policy;
}

const NamedKey* key_named(const TrustPolicy& policy, std::string_view name) {
  return find_name(policy.keys, name);
}

const NamedIdentity* identity_named(const TrustPolicy& policy, std::string_view name) {
  return find_name(policy.identities, name);
}

std::vector<const Quorum*> quorums_of(const TrustPolicy& policy) {
  auto quorums = quorums_of(policy.require);
  if (policy.freshness) quorums.push_back(&policy.freshness->quorum);
  return quorums;
}

bool needs_attestations(const TrustPolicy& policy) {
  return policy.freshness.has_value() || asks_for_attestations(policy.require);
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
