#include "trust_flags.h"

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/objects/yaml.h>
#include <sealift/signing/signature_store.h>

#include <CLI/CLI.hpp>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxKeyBytes = 64u << 10;
constexpr std::uint64_t kMaxPolicyBytes = 4u << 20;

Result<std::vector<signing::TrustPolicy>> policies_from_file(const std::string& path) {
  SEALIFT_ASSIGN(auto documents, read_policy_documents(path));
  std::vector<signing::TrustPolicy> policies;
  for (auto& document : documents) {
    SEALIFT_ASSIGN(auto policy, std::move(document));
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace

Result<std::vector<Result<signing::TrustPolicy>>> read_policy_documents(const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(auto bytes, read_file(system_files(), path, kMaxPolicyBytes),
                         "reading the policy");
  SEALIFT_ASSIGN(auto documents, objects::parse_yaml(bytes, path));
  std::vector<Result<signing::TrustPolicy>> policies;
  for (const auto& document : documents) {
    policies.push_back(signing::parse_trust_policy(
        document.value, path + ":" + std::to_string(document.start.line)));
  }
  if (policies.empty()) return fail(ErrorCode::kInvalidInput, path + " holds no TrustPolicy");
  return policies;
}

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command) {
  auto flags = std::make_shared<TrustFlags>();
  auto* group = command.add_option_group("Trust", "What the artifact is judged by");
  auto* key =
      group->add_option("--key", flags->key_file, "Public key file: a signature by it is enough")
          ->type_name("FILE");
  group->add_option("--policy", flags->policy_file, "File with TrustPolicy documents")
      ->excludes(key)
      ->type_name("FILE");
  return flags;
}

Result<std::vector<signing::TrustPolicy>> load_policies(const TrustFlags& flags) {
  if (!flags.policy_file.empty()) return policies_from_file(flags.policy_file);
  SEALIFT_ASSIGN_CONTEXT(auto pem, read_file(system_files(), flags.key_file, kMaxKeyBytes),
                         "reading the public key");
  SEALIFT_ASSIGN(auto key, crypto::PublicKey::from_pem(pem, flags.key_file));
  std::vector<signing::TrustPolicy> policies;
  policies.push_back(signing::policy_for_key(std::move(key), flags.key_file));
  return policies;
}

Result<std::variant<signing::VerifiedArtifact, signing::Refused>> judge(
    const oci::Reference& reference, oci::Repository& repository,
    const std::vector<signing::TrustPolicy>& policies, std::stop_token stop) {
  const auto name = reference.name();
  SEALIFT_ASSIGN(const auto* policy, signing::select_policy(policies, name));
  SEALIFT_ASSIGN_CONTEXT(auto manifest, repository.fetch_manifest(reference.tag_or_digest(), stop),
                         "fetching " + reference.to_string());
  SEALIFT_ASSIGN_CONTEXT(auto signatures,
                         signing::fetch_signatures(repository, manifest.descriptor.digest,
                                                   signing::wanted_by(*policy), stop),
                         "fetching the signatures of " + manifest.descriptor.digest.to_string());
  // A digest decides alone, and then the tag is a remark.
  const auto tag = reference.digest() ? std::string() : reference.tag_or_digest();
  return signing::verify({.repository = name,
                          .artifact = manifest,
                          .signatures = signatures,
                          .policy = *policy,
                          .now = sealift::system_clock().now(),
                          .tag = tag});
}

}  // namespace sealift::program
