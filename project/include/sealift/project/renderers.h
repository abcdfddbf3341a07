#pragma once

#include <sealift/base/json.h>
#include <sealift/charts/helm_hooks.h>

#include <string>
#include <vector>

namespace sealift::project {

// How a chart is rendered: what `helm template` is told.
struct HelmRelease {
  std::string release;                    // empty: the artifact's name
  std::string name_space;                 // empty: "default"
  std::vector<std::string> values_files;  // relative to where `path` is
  Json values = Json::object();           // win over those files
  std::string kube_version;               // empty: the one that helm was built for
  std::vector<std::string> api_versions;  // of Capabilities
  bool include_crds = true;
  bool include_tests = false;
  charts::HookMode hooks = charts::HookMode::kKeep;

  bool operator==(const HelmRelease&) const = default;
};

// How a chart is published as a chart.
struct ChartRelease {
  std::string version;      // empty: what Chart.yaml says
  std::string app_version;  // the same

  bool operator==(const ChartRelease&) const = default;
};

}  // namespace sealift::project
