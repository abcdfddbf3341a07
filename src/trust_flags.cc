#include "trust_flags.h"

#include <sealift/base/file_system.h>
#include <sealift/objects/yaml.h>
#include <sealift/roots/root_keeper.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include "flag_policy.h"
#include "predicate_type.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPolicyBytes = 4u << 20;

}  // namespace

Result<std::vector<PolicyDocument>> read_policy_documents(const std::string& path,
                                                          const std::string& trust_directory) {
  SEALIFT_ASSIGN_CONTEXT(auto bytes, read_file(system_files(), path, kMaxPolicyBytes),
                         "reading the policy");
  SEALIFT_ASSIGN(auto documents, objects::parse_yaml(bytes, path));
  roots::RootKeeper roots(system_files(), trust_directory);
  std::vector<PolicyDocument> policies;
  for (auto& document : documents) {
    auto policy = signing::parse_trust_policy(document.value,
                                              path + ":" + std::to_string(document.start.line));
    if (policy) roots::give_root(roots, *policy);
    policies.push_back({std::move(document.value), std::move(policy)});
  }
  if (policies.empty()) return fail(ErrorCode::kInvalidInput, path + " holds no TrustPolicy");
  return policies;
}

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command) {
  auto flags = std::make_shared<TrustFlags>();
  flags->signer = add_signer_flags(command);
  auto* group = command.add_option_group("Trust", "What the artifact is judged by");
  auto* root =
      group
          ->add_option("--trusted-root", flags->trusted_root_file,
                       "trusted_root.json of a Sigstore; that of the public one is built in. With "
                       "--key, a log of it must hold the signature")
          ->type_name("FILE");
  auto* type = group
                   ->add_option("--type", flags->predicate_type,
                                "An attestation of this type is wanted instead of a signature: a "
                                "URI, or " +
                                    predicate_type_names())
                   ->check(check_predicate_type, "", "")
                   ->type_name("TYPE");
  auto* policy =
      group->add_option("--policy", flags->policy_file, "File with TrustPolicy documents")
          ->excludes(root)
          ->excludes(type)
          ->type_name("FILE");
  for (const char* of_signer : {"--key", "--certificate-identity", "--certificate-identity-regexp",
                                "--certificate-oidc-issuer", "--certificate-oidc-issuer-regexp",
                                "--certificate-extension", "--certificate-extension-regexp"}) {
    policy->excludes(command.get_option(of_signer));
  }
  add_trust_directory(command, flags->trust_directory)->needs(policy);
  return flags;
}

CLI::Option* add_trust_directory(CLI::App& command, std::string& directory) {
  return command
      .add_option("--trust-dir", directory,
                  "Where the trust folders are that policies take their roots from: DIR/NAME, or "
                  "the archive DIR/NAME.tar.gz")
      ->type_name("DIR");
}

std::shared_ptr<TrustFlags> add_key_or_policy_flags(CLI::App& command) {
  auto flags = std::make_shared<TrustFlags>();
  flags->signer = std::make_shared<SignerFlags>();
  auto* group = command.add_option_group("Trust", "What the artifact is judged by");
  auto* key = group
                  ->add_option("--key", flags->signer->key,
                               "Public key, a file or a pkcs11: URI: a signature by it is enough")
                  ->type_name("FILE|URI");
  auto* policy =
      group->add_option("--policy", flags->policy_file, "File with TrustPolicy documents")
          ->excludes(key)
          ->type_name("FILE");
  add_trust_directory(command, flags->trust_directory)->needs(policy);
  return flags;
}

std::shared_ptr<TrustFlags> add_policy_flag(CLI::App& command) {
  auto flags = std::make_shared<TrustFlags>();
  flags->signer = std::make_shared<SignerFlags>();
  command.add_option("--policy", flags->policy_file, "File with TrustPolicy documents")
      ->required()
      ->type_name("FILE");
  add_trust_directory(command, flags->trust_directory);
  return flags;
}

void check_trust_flags(const TrustFlags& flags, bool required) {
  if (!flags.policy_file.empty()) return;
  const bool says_something = flags.given() || !flags.trusted_root_file.empty() ||
                              !flags.predicate_type.empty() || flags.signer->given();
  if (!required && !says_something) return;
  if (!says_something) {
    throw CLI::ValidationError(
        "nothing says whom to trust; give --key FILE, --certificate-identity NAME with "
        "--certificate-oidc-issuer URL, or --policy FILE");
  }
  check_signer_flags(*flags.signer);
}

Result<LoadedPolicies> load_policy_file(const std::string& path,
                                        const std::string& trust_directory) {
  SEALIFT_ASSIGN(auto documents, read_policy_documents(path, trust_directory));
  LoadedPolicies loaded;
  for (auto& [document, read] : documents) {
    SEALIFT_ASSIGN(auto policy, std::move(read));
    loaded.policies.push_back(std::move(policy));
    loaded.documents.push_back(std::move(document));
  }
  return loaded;
}

Result<LoadedPolicies> load_policies(const TrustFlags& flags) {
  if (!flags.policy_file.empty()) {
    return load_policy_file(flags.policy_file, flags.trust_directory);
  }
  SEALIFT_ASSIGN(auto document, policy_document_for(flags));
  SEALIFT_ASSIGN(auto policy, signing::parse_trust_policy(document, "what the flags say"));
  LoadedPolicies loaded;
  loaded.documents.push_back(std::move(document));
  loaded.policies.push_back(std::move(policy));
  return loaded;
}

const Json& LoadedPolicies::document_of(const signing::TrustPolicy& policy) const {
  const auto found = std::find_if(policies.begin(), policies.end(),
                                  [&](const auto& each) { return &each == &policy; });
  return documents.at(static_cast<std::size_t>(found - policies.begin()));
}

}  // namespace sealift::program
