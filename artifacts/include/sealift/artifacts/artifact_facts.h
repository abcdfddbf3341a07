#pragma once

#include <sealift/base/digest.h>
#include <sealift/signing/verifier.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sealift::artifacts {

// What is known of an accepted artifact, for people and records.
struct ArtifactFacts {
  std::string repository;  // "registry.example.com/shop/web"
  std::string tag;         // that was resolved; empty for a digest
  Digest digest;
  std::string source;  // annotations org.opencontainers.image.{source,revision,created}
  std::string revision;
  std::string created;
  std::optional<std::int64_t> sequence;
  std::string policy;                // name of the TrustPolicy that accepted it
  std::vector<std::string> signers;  // names of keys, or identities
};

// The tag is left empty: it is not the artifact's, but of whoever asked for it.
ArtifactFacts facts_of(const std::string& repository, const signing::VerifiedArtifact& artifact);

}  // namespace sealift::artifacts
