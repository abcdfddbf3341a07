#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/reference.h>
#include <sealift/project/project.h>

#include <optional>
#include <string>
#include <vector>

namespace sealift::project {

// What templates may name of the commit. Empty where it is not known, and then an error where a
// template names it.
struct CommitFacts {
  std::string commit;  // "40 or 64 hexadecimal digits"
  std::string branch;
  std::string tag;
};

struct PlannedTag {
  std::string name;
  // It is made of the commit or of Git's tag, so it names one version and is not to be moved.
  bool is_fixed = false;

  bool operator==(const PlannedTag&) const = default;
};

// One artifact that is to be built. `destination` has neither tag nor digest.
struct PlannedArtifact {
  std::string name;
  std::string path;  // below the repository's root; empty: all of it
  oci::Reference destination;
  std::vector<PlannedTag> tags = {};  // each once; at least one, but for a chart
  Annotations annotations = {};
  std::optional<HelmRelease> helm = {};    // its release is never empty
  std::optional<ChartRelease> chart = {};  // its version is a tag as well, which Chart.yaml may say
  PlannedChecks checks = {};
  Matrix::Cell cell = {};

  bool operator==(const PlannedArtifact&) const = default;
};

// Replaces the variables: those of the matrix, `commit`, `commit_short` (12 digits), `branch` and
// `tag`, with the functions of docs/formats/substitution.md, so that ${branch//\//-} makes a tag
// of a branch. Sorted as the document is written. kInvalidInput for a variable without value or
// default, what is no name, path, reference or tag then, two artifacts of one name, and two that
// would take the same tag of one repository.
Result<std::vector<PlannedArtifact>> make_plan(const Project& project, const CommitFacts& facts);

}  // namespace sealift::project
