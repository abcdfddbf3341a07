#pragma once

#include <sealift/base/result.h>
#include <sealift/project/check_rules.h>
#include <sealift/project/renderers.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::project {

inline constexpr std::string_view kProjectFile = "sealift.yaml";
inline constexpr std::string_view kProjectVersion = "sealift.dev/v1alpha1";
inline constexpr std::size_t kMaxProjectBytes = 1u << 20;

using Annotations = std::vector<std::pair<std::string, std::string>>;

// Variables and their values: all combinations, in the order in which they are written, but for
// those that `exclude` names. Without variables it has one cell.
struct Matrix {
  using Cell = std::map<std::string, std::string, std::less<>>;

  std::vector<std::pair<std::string, std::vector<std::string>>> variables;
  std::vector<Cell> exclude;  // a cell with these values, whatever else it has

  // At most kMaxCells, which parse_project() has seen to.
  std::vector<Cell> cells() const;
};

inline constexpr std::size_t kMaxCells = 10'000;

// One entry of `artifacts`. Texts are templates, see make_plan().
struct ArtifactRule {
  std::string name;
  std::string path;
  std::string destination;
  std::vector<std::string> tags;
  Annotations annotations;
  std::optional<HelmRelease> helm;    // where `path` is a chart that is to be rendered
  std::optional<ChartRelease> chart;  // `kind: chart`
  CheckRules checks;
  Matrix matrix;
  std::string field;  // "artifacts[3]", for messages
};

struct Project {
  std::string file;  // for messages, as the text is
  std::string text;
  std::vector<ArtifactRule> artifacts;
};

// Reads the one YAML document that sealift.yaml is (docs/formats/project.md). What `defaults` says
// is in each artifact already. kInvalidInput "FILE:LINE:COLUMN: FIELD: …" for what is no YAML, an
// unknown or missing field, a value of the wrong type, and each limit.
Result<Project> parse_project(std::string text, std::string file);

// "FILE:LINE:COLUMN: " before an error that begins with the field that it is about.
Error with_place(const Project& project, Error error);

}  // namespace sealift::project
