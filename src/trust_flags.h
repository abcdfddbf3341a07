#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/trust_policy.h>

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// What an artifact is judged by.
struct TrustFlags {
  std::string key;  // a file or a pkcs11: URI
  std::string policy_file;
  bool given() const { return !key.empty() || !policy_file.empty(); }
};

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command);

// Policies, and the documents that they were read from, in the same order.
struct LoadedPolicies {
  std::vector<signing::TrustPolicy> policies;
  std::vector<Json> documents;

  // `policy` is one of the policies.
  const Json& document_of(const signing::TrustPolicy& policy) const;
};

// The policies of a file, or the one that a key stands for. kInvalidInput, kNotFound.
Result<LoadedPolicies> load_policies(const TrustFlags& flags);
Result<LoadedPolicies> load_policy_file(const std::string& path);

struct PolicyDocument {
  Json document;
  Result<signing::TrustPolicy> policy;
};
// The documents of a file, each read or not. kInvalidInput where there is none, or no YAML;
// kNotFound.
Result<std::vector<PolicyDocument>> read_policy_documents(const std::string& path);

}  // namespace sealift::program
