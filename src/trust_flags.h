#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/signing/verifier.h>

#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// What an artifact is judged by.
struct TrustFlags {
  std::string key_file;
  std::string policy_file;
  bool given() const { return !key_file.empty() || !policy_file.empty(); }
};

std::shared_ptr<TrustFlags> add_trust_flags(CLI::App& command);

// The policies of a file, or the one that a key stands for. kInvalidInput, kNotFound.
Result<std::vector<signing::TrustPolicy>> load_policies(const TrustFlags& flags);

// The documents of a file, each read or not. kInvalidInput where there is none, or no YAML;
// kNotFound.
Result<std::vector<Result<signing::TrustPolicy>>> read_policy_documents(const std::string& path);

// Fetches an artifact's manifest and signatures and lets the verifier judge them.
Result<std::variant<signing::VerifiedArtifact, signing::Refused>> judge(
    const oci::Reference& reference, oci::Repository& repository,
    const std::vector<signing::TrustPolicy>& policies, std::stop_token stop);

}  // namespace sealift::program
