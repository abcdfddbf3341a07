#include <sealift/base/encoding.h>

#include <algorithm>

#include "signature_check.h"

namespace sealift::signing {
namespace {

std::string key_names(const TrustPolicy& policy) {
  std::string names;
  for (const auto& key : policy.keys) {
    names.append(names.empty() ? "\"" : ", \"").append(key.name).append("\"");
  }
  return names.empty() ? "the policy has no keys" : "the policy's keys are " + names;
}

SignatureCheck check_validity(const NamedKey& key, Timestamp now) {
  if (key.not_before && now < *key.not_before) {
    return complain(Refusal::kKeyNotValid, "the key \"" + key.name + "\" is valid from " +
                                               format_timestamp(*key.not_before) +
                                               " on, and it is " + format_timestamp(now));
  }
  if (key.not_after && now > *key.not_after) {
    return complain(Refusal::kKeyNotValid,
                    "the key \"" + key.name + "\" was valid until " +
                        format_timestamp(*key.not_after) + ", and it is " + format_timestamp(now) +
                        "; sign again with a current key, or let the policy extend notAfter");
  }
  return &key;
}

}  // namespace

SignatureCheck match_key(const TrustPolicy& policy, std::string_view hint, std::string_view message,
                         std::string_view signature, Timestamp now) {
  const auto fits = [&](const NamedKey& key) {
    return key.key.verify(message, signature).has_value();
  };
  const auto named = std::find_if(policy.keys.begin(), policy.keys.end(), [&](const NamedKey& key) {
    return !hint.empty() && key.key.hint() == hint;
  });
  if (named != policy.keys.end()) {
    if (fits(*named)) return check_validity(*named, now);
    return complain(Refusal::kBadSignature,
                    "it names the key \"" + named->name +
                        "\", and the signature does not fit that key: signature or payload was "
                        "changed; sign again");
  }
  const auto found = std::find_if(policy.keys.begin(), policy.keys.end(), fits);
  if (found != policy.keys.end()) return check_validity(*found, now);
  const std::string maker =
      hint.empty() ? "" : " (it names a key with the hint " + printable(hint, 80) + ")";
  return complain(Refusal::kUnknownKey,
                  "the signature fits no key of the policy" + maker + "; " + key_names(policy) +
                      ": sign with one of these, or let the policy trust the signer's key");
}

}  // namespace sealift::signing
