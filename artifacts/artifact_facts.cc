#include <sealift/artifacts/artifact_facts.h>

#include <algorithm>
#include <string_view>

namespace sealift::artifacts {
namespace {

std::string annotation(const signing::VerifiedArtifact& artifact, std::string_view name) {
  for (const auto& [key, value] : artifact.manifest().annotations) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> signers_of(const signing::Evidence& evidence) {
  std::vector<std::string> names;
  for (const auto& accepted : evidence.accepted) {
    if (std::find(names.begin(), names.end(), accepted.signer) == names.end()) {
      names.push_back(accepted.signer);
    }
  }
  return names;
}

}  // namespace

ArtifactFacts facts_of(const std::string& repository, const signing::VerifiedArtifact& artifact) {
  const std::string prefix = "org.opencontainers.image.";
  return {repository,
          "",
          artifact.descriptor().digest,
          annotation(artifact, prefix + "source"),
          annotation(artifact, prefix + "revision"),
          annotation(artifact, prefix + "created"),
          artifact.sequence(),
          artifact.evidence().policy,
          signers_of(artifact.evidence())};
}

}  // namespace sealift::artifacts
