#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/signing/signer.h>

#include <string>
#include <string_view>

namespace sealift::signing {

// The document that parse_trust_policy() makes policy_for_key() from.
Json policy_document_for_key(const crypto::PublicKey& key, const std::string& name);

// The name of the root that stands in a policy itself.
inline constexpr std::string_view kInlineRootName = "inline";

// Reads a trusted_root.json; `path` begins each message. kInvalidInput.
Result<PolicyRoot> make_policy_root(std::string name, std::string_view json,
                                    const std::string& path);

// The JSON of the trusted root that a policy has, which parse_trust_policy() accepted: its own
// text, or what is built in under the name that it gives. Empty where it has none.
std::string root_json_of(const Json& policy_document);

}  // namespace sealift::signing
