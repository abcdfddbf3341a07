#pragma once

#include <sealift/base/result.h>
#include <sealift/sigstore/verification.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// Who must have signed: a key, or an identity that an authority certifies. The names of the flags
// are cosign's.
struct SignerFlags {
  std::string key;  // a file or a pkcs11: URI
  std::string identity;
  std::string identity_pattern;
  std::string issuer;
  std::string issuer_pattern;
  std::vector<std::string> extensions;          // "sourceRepositoryRef=refs/heads/main"
  std::vector<std::string> extension_patterns;  // "sourceRepositoryRef=refs/tags/v.*"

  bool names_identity() const { return !identity.empty() || !identity_pattern.empty(); }
  // Whether anything was said.
  bool given() const {
    return !key.empty() || names_identity() || !issuer.empty() || !issuer_pattern.empty() ||
           !extensions.empty() || !extension_patterns.empty();
  }
};

// Asks for one of --key and an identity with its issuer; the callback of the command must call
// check_signer_flags().
std::shared_ptr<SignerFlags> add_signer_flags(CLI::App& command);
// Throws CLI::ValidationError where flags that belong together are not together.
void check_signer_flags(const SignerFlags& flags);

using SignerRule = std::variant<crypto::PublicKey, sigstore::IdentityRule>;
// kInvalidInput, kNotFound, kIo.
Result<SignerRule> load_signer_rule(const SignerFlags& flags);

}  // namespace sealift::program
