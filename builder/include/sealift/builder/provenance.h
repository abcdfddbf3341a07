#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/builder/artifact.h>
#include <sealift/builder/source_tree.h>
#include <sealift/project/plan.h>

#include <string>
#include <string_view>

namespace sealift::builder {

// What externalParameters mean, and how the build is done again: docs/formats/provenance.md.
inline constexpr std::string_view kProjectBuildType = "https://sealift.dev/project/v1";

// Who builds, and what no commit tells. Empty texts are left out.
struct BuildRun {
  std::string builder;       // a URI: which builder, with whatever must be trusted about it
  std::string invocation;    // a URI: this run of it
  std::string repository;    // URL of the repository
  std::string project_file;  // its path in the commit
  Timestamp started;
  Timestamp finished;
};

// The predicate of SLSA's provenance (slsa.dev/spec/v1.0/provenance) of one artifact of a project:
// repository, commit and entry of the project as external parameters, the format as an internal
// one, and the commit and the rendering program, where there was one, as resolved dependencies.
Json slsa_provenance(const project::PlannedArtifact& planned, const Commit& commit,
                     std::string_view renderer, const ArtifactOptions& options,
                     const BuildRun& run);

}  // namespace sealift::builder
