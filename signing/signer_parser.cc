#include "signer_parser.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sealift::signing {
namespace {

using sigstore::Claim;
using sigstore::TextRule;

Result<std::optional<Timestamp>> optional_time(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.optional_string(name));
  if (!text) return std::nullopt;
  auto time = parse_timestamp(*text);
  if (!time) return fail(reader.error_at(name, time.error().message()));
  return *time;
}

Result<std::string> parse_name(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto name, reader.required_string("name"));
  if (name.empty()) return fail(reader.error_at("name", "must not be empty"));
  return name;
}

Result<NamedKey> parse_key(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto name, parse_name(reader));
  SEALIFT_ASSIGN(const auto pem, reader.required_string("publicKey"));
  SEALIFT_ASSIGN(auto key, crypto::PublicKey::from_pem(pem, reader.path_of("publicKey")));
  SEALIFT_ASSIGN(const auto not_before, optional_time(reader, "notBefore"));
  SEALIFT_ASSIGN(const auto not_after, optional_time(reader, "notAfter"));
  SEALIFT_ASSIGN(const auto revoked_at, optional_time(reader, "revokedAt"));
  if (not_before && not_after && *not_after <= *not_before) {
    return fail(reader.error_at("notAfter", "must be later than notBefore"));
  }
  SEALIFT_TRY(reader.finish());
  return NamedKey{std::move(name), std::move(key), not_before, not_after, revoked_at};
}

Result<TextRule> parse_text_rule(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto equals, reader.optional_string("equals"));
  SEALIFT_ASSIGN(const auto matches, reader.optional_string("matches"));
  SEALIFT_TRY(reader.finish());
  if (equals.has_value() == matches.has_value()) {
    return fail(ErrorCode::kInvalidInput, reader.path() + ": must have one of equals and matches");
  }
  SEALIFT_ASSIGN_CONTEXT(auto rule,
                         equals ? TextRule::exact(*equals) : TextRule::matching(*matches),
                         reader.path_of(equals ? "equals" : "matches"));
  return rule;
}

Result<std::vector<std::pair<Claim, TextRule>>> parse_extensions(ObjectReader& reader) {
  std::vector<std::pair<Claim, TextRule>> rules;
  const Json* extensions = reader.any("extensions");
  if (extensions == nullptr) return rules;
  const std::string path = reader.path_of("extensions");
  SEALIFT_ASSIGN(auto members, ObjectReader::open(*extensions, path));
  for (const auto& [name, value] : *extensions->as_object()) {
    const auto claim = sigstore::parse_claim(name);
    if (!claim || *claim == Claim::kIssuer || *claim == Claim::kOldIssuer) {
      return fail(members.error_at(name, "is no extension of Fulcio's certificates"));
    }
    SEALIFT_ASSIGN(auto rule_reader, members.required_object(name));
    SEALIFT_ASSIGN(auto rule, parse_text_rule(std::move(rule_reader)));
    rules.emplace_back(*claim, std::move(rule));
  }
  return rules;
}

Result<NamedIdentity> parse_identity(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto name, parse_name(reader));
  SEALIFT_ASSIGN(auto issuer_reader, reader.required_object("issuer"));
  SEALIFT_ASSIGN(auto issuer, parse_text_rule(std::move(issuer_reader)));
  SEALIFT_ASSIGN(auto subject_reader, reader.required_object("subject"));
  SEALIFT_ASSIGN(auto subject, parse_text_rule(std::move(subject_reader)));
  SEALIFT_ASSIGN(auto extensions, parse_extensions(reader));
  SEALIFT_TRY(reader.finish());
  return NamedIdentity{std::move(name),
                       {std::move(subject), std::move(issuer), std::move(extensions)}};
}

Result<> check_new_name(const Signers& signers, const std::string& name, std::string_view member,
                        const ObjectReader& reader) {
  const auto is_same = [&](const auto& other) { return other.name == name; };
  const bool is_key = std::any_of(signers.keys.begin(), signers.keys.end(), is_same);
  if (!is_key && std::none_of(signers.identities.begin(), signers.identities.end(), is_same)) {
    return {};
  }
  return fail(reader.error_at(
      member, (member == "keys" ? "two keys have the name \"" : "two signers have the name \"") +
                  name + "\""));
}

Result<> check_new_key(const Signers& signers, const NamedKey& key, const ObjectReader& reader) {
  SEALIFT_TRY(check_new_name(signers, key.name, "keys", reader));
  for (const auto& other : signers.keys) {
    if (key.key.der() != other.key.der()) continue;
    return fail(
        reader.error_at("keys", "\"" + other.name + "\" and \"" + key.name +
                                    "\" are the same key, which would count as one signer"));
  }
  return {};
}

Result<> check_count(std::size_t count, std::size_t limit, std::string_view member,
                     const ObjectReader& reader) {
  if (count <= limit) return {};
  return fail(reader.error_at(
      member, "holds more than " + std::to_string(limit) + " " + std::string(member)));
}

}  // namespace

Result<> Signers::add(Signers others, const ObjectReader& reader) {
  SEALIFT_TRY(check_count(keys.size() + others.keys.size(), kMaxPolicyKeys, "keys", reader));
  SEALIFT_TRY(check_count(identities.size() + others.identities.size(), kMaxPolicyIdentities,
                          "identities", reader));
  for (auto& key : others.keys) {
    SEALIFT_TRY(check_new_key(*this, key, reader));
    keys.push_back(std::move(key));
  }
  for (auto& identity : others.identities) {
    SEALIFT_TRY(check_new_name(*this, identity.name, "identities", reader));
    identities.push_back(std::move(identity));
  }
  return {};
}

Result<> parse_signers(ObjectReader& reader, Signers& signers) {
  Signers others;
  SEALIFT_ASSIGN(auto keys, reader.objects("keys"));
  SEALIFT_ASSIGN(auto identities, reader.objects("identities"));
  // Before keys are read: each takes a library's time.
  SEALIFT_TRY(check_count(keys.size(), kMaxPolicyKeys, "keys", reader));
  SEALIFT_TRY(check_count(identities.size(), kMaxPolicyIdentities, "identities", reader));
  for (auto& element : keys) {
    SEALIFT_ASSIGN(auto key, parse_key(element));
    others.keys.push_back(std::move(key));
  }
  for (auto& element : identities) {
    SEALIFT_ASSIGN(auto identity, parse_identity(element));
    others.identities.push_back(std::move(identity));
  }
  return signers.add(std::move(others), reader);
}

Result<> parse_quorum(ObjectReader& reader, Quorum& quorum) {
  SEALIFT_ASSIGN(const auto threshold, reader.int_or("threshold", 1));
  SEALIFT_ASSIGN(const auto transparency, reader.optional_string("transparency"));
  if (threshold < 1 ||
      threshold > static_cast<std::int64_t>(kMaxPolicyKeys + kMaxPolicyIdentities)) {
    return fail(reader.error_at("threshold", "must be from 1 to the number of signers"));
  }
  quorum.threshold = static_cast<std::uint32_t>(threshold);
  if (!transparency) return {};
  quorum.transparency = parse_transparency(*transparency);
  if (!quorum.transparency) {
    return fail(reader.error_at("transparency", "must be required, preferred or waived"));
  }
  return {};
}

Result<> check_quorum(const Quorum& quorum, const ObjectReader& reader) {
  std::set<std::string_view> names;
  for (const auto& name : quorum.signers) {
    if (!names.insert(name).second) {
      return fail(reader.error_at("signers", "names \"" + name + "\" twice"));
    }
  }
  if (quorum.threshold <= names.size()) return {};
  return fail(reader.error_at("threshold", "must be from 1 to the number of signers, which is " +
                                               std::to_string(names.size())));
}

}  // namespace sealift::signing
