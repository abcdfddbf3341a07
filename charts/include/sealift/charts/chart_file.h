#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::charts {

inline constexpr std::string_view kChartFile = "Chart.yaml";
inline constexpr std::size_t kMaxChartFileBytes = 1u << 20;

// An entry of `dependencies`.
struct ChartDependency {
  std::string name;
  std::string repository;  // "https://…", "oci://…", "file://../common", or empty

  // The directory of a "file://" repository, relative to the chart's; empty for others.
  std::string directory() const;
};

// What a Chart.yaml says ("Charts", helm.sh).
struct ChartFile {
  std::string name;
  std::string version;  // SemVer 2
  std::string app_version;
  std::string description;
  std::vector<ChartDependency> dependencies;
  Json document;  // all of it

  // The tag that Helm gives the chart in a registry, where "+" cannot stand: "1.2.3_build".
  std::string tag() const;
  // The same chart in other versions; an empty text leaves one as it is. kInvalidInput for what is
  // no version.
  Result<ChartFile> with_versions(const std::string& version, const std::string& app_version) const;
};

// Reads the one document of a Chart.yaml, apiVersion v1 or v2; members that are not needed are kept
// unread. `file` is for messages. kInvalidInput "FILE:LINE:COLUMN: …".
Result<ChartFile> parse_chart_file(std::string_view bytes, std::string_view file);

}  // namespace sealift::charts
