#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/trust_policy.h>

#include <memory>
#include <string>
#include <vector>

#include "signer_flags.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sealift::program {

// What an artifact is judged by: who must have signed, or a policy.
struct TrustFlags {
  std::shared_ptr<SignerFlags> signer;
  std::string trusted_root_file;
  std::string predicate_type;  // as it was given; empty: a signature
  std::string policy_file;
  std::string trust_directory;  // of --trust-dir; may be empty
  bool given() const {
    return !signer->key.empty() || signer->names_identity() || !policy_file.empty();
  }
};

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command);
// --key and --policy alone, for commands that know a policy in another way too.
std::shared_ptr<TrustFlags> add_key_or_policy_flags(CLI::App& command);
// For commands that are about policies: --policy alone, and required.
std::shared_ptr<TrustFlags> add_policy_flag(CLI::App& command);
// --trust-dir, where the folders are that policies name. Put on whatever takes policies.
CLI::Option* add_trust_directory(CLI::App& command, std::string& directory);
// For the command's callback; `required`: something must say whom to trust. Throws
// CLI::ValidationError where flags that belong together are not together.
void check_trust_flags(const TrustFlags& flags, bool required);

// Policies, and the documents that they were read from, in the same order.
struct LoadedPolicies {
  std::vector<signing::TrustPolicy> policies;
  std::vector<Json> documents;

  // `policy` is one of the policies.
  const Json& document_of(const signing::TrustPolicy& policy) const;
};

// The policies of a file, or the one that a signer stands for, with the roots that they take from
// trust folders. kInvalidInput, kNotFound.
Result<LoadedPolicies> load_policies(const TrustFlags& flags);
Result<LoadedPolicies> load_policy_file(const std::string& path,
                                        const std::string& trust_directory);

struct PolicyDocument {
  Json document;
  Result<signing::TrustPolicy> policy;
};
// The documents of a file, each read or not, with the roots that they take from trust folders below
// `trust_directory`: one that cannot be had is said in its policy, which accepts nothing then.
// kInvalidInput where there is no document, or no YAML; kNotFound.
Result<std::vector<PolicyDocument>> read_policy_documents(const std::string& path,
                                                          const std::string& trust_directory);

}  // namespace sealift::program
