#include "trust_flags.h"

#include <sealift/base/file_system.h>
#include <sealift/objects/yaml.h>
#include <sealift/signing/policy_document.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include "key_argument.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPolicyBytes = 4u << 20;

}  // namespace

Result<std::vector<PolicyDocument>> read_policy_documents(const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(auto bytes, read_file(system_files(), path, kMaxPolicyBytes),
                         "reading the policy");
  SEALIFT_ASSIGN(auto documents, objects::parse_yaml(bytes, path));
  std::vector<PolicyDocument> policies;
  for (auto& document : documents) {
    auto policy = signing::parse_trust_policy(document.value,
                                              path + ":" + std::to_string(document.start.line));
    policies.push_back({std::move(document.value), std::move(policy)});
  }
  if (policies.empty()) return fail(ErrorCode::kInvalidInput, path + " holds no TrustPolicy");
  return policies;
}

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command) {
  auto flags = std::make_shared<TrustFlags>();
  auto* group = command.add_option_group("Trust", "What the artifact is judged by");
  auto* key = group
                  ->add_option("--key", flags->key,
                               "Public key, a file or a pkcs11: URI: a signature by it is enough")
                  ->type_name("FILE|URI");
  group->add_option("--policy", flags->policy_file, "File with TrustPolicy documents")
      ->excludes(key)
      ->type_name("FILE");
  return flags;
}

Result<LoadedPolicies> load_policy_file(const std::string& path) {
  SEALIFT_ASSIGN(auto documents, read_policy_documents(path));
  LoadedPolicies loaded;
  for (auto& [document, read] : documents) {
    SEALIFT_ASSIGN(auto policy, std::move(read));
    loaded.policies.push_back(std::move(policy));
    loaded.documents.push_back(std::move(document));
  }
  return loaded;
}

Result<LoadedPolicies> load_policies(const TrustFlags& flags) {
  if (!flags.policy_file.empty()) return load_policy_file(flags.policy_file);
  SEALIFT_ASSIGN(const auto name, name_of_key(flags.key));
  SEALIFT_ASSIGN(auto key, load_public_key(flags.key));
  LoadedPolicies loaded;
  loaded.documents.push_back(signing::policy_document_for_key(key, name));
  loaded.policies.push_back(signing::policy_for_key(std::move(key), name));
  return loaded;
}

const Json& LoadedPolicies::document_of(const signing::TrustPolicy& policy) const {
  const auto found = std::find_if(policies.begin(), policies.end(),
                                  [&](const auto& each) { return &each == &policy; });
  return documents.at(static_cast<std::size_t>(found - policies.begin()));
}

}  // namespace sealift::program
