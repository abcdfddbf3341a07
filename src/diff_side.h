#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>
#include <sealift/oci/reference.h>

#include <optional>
#include <string>
#include <vector>

#include "artifact_fetch.h"
#include "command.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {

// One of the two things that are compared: oci://…, oci-layout:…, oci-archive:…, git:REPO[@REV],
// worktree:REPO, live:, or a file or directory.
struct DiffSide {
  enum class Kind { kArtifact, kCommit, kWorktree, kCluster, kFiles };
  Kind kind = Kind::kFiles;
  std::string location;  // behind the word that says what it is
  std::optional<oci::Reference> reference;
};

// Throws CLI::ValidationError for what is none.
DiffSide parse_diff_side(const std::string& text);

// Where objects come from, for either side.
struct DiffSources {
  std::string path;  // of --path: the directory within a repository
  std::shared_ptr<TrustFlags> trust;
  std::shared_ptr<RegistryFlags> registry;
};

struct SideObjects {
  std::vector<objects::Object> objects;
  std::string description;  // with the digest or the revision that was read
  std::optional<FetchedArtifact> artifact;
};

// Not for a cluster. Errors of those who read it, naming the side.
Result<SideObjects> read_side(const DiffSide& side, const DiffSources& sources,
                              objects::Placeholders placeholders, const Surroundings& surroundings);

}  // namespace sealift::program
