#include "chart_tree.h"

#include "tree_entry.h"

#include <sealift/base/encoding.h>
#include <sealift/charts/helm_ignore.h>

#include <algorithm>
#include <utility>

namespace sealift::builder {
namespace {

constexpr int kMaxDepth = 8;
constexpr std::uint64_t kMaxIgnoreFileBytes = 1u << 20;

// Whether charts/ of the chart holds one of that name, as a directory or as an archive.
bool is_vendored(const SourceTree& subcharts, const std::string& directory,
                 const std::string& name) {
  const std::string place = join_path(directory, join_path("charts", name));
  return std::ranges::any_of(subcharts.files(), [&](const SourceFile& file) {
    if (!file.path.starts_with(place)) return false;
    const auto rest = std::string_view(file.path).substr(place.size());
    return rest.starts_with('/') || (rest.starts_with('-') && rest.ends_with(".tgz") &&
                                     rest.find('/') == std::string_view::npos);
  });
}

Error not_in_commit(const std::string& file, const charts::ChartDependency& dependency,
                    const std::string& directory) {
  return Error(
      ErrorCode::kInvalidInput,
      printable(file, 400) + ": the dependency " + dependency.name + " of " +
          printable(dependency.repository.empty() ? "charts" : dependency.repository, 400) +
          " is no part of the commit, and nothing is fetched: run \"helm dependency "
          "update " +
          printable(directory.empty() ? "." : directory, 400) + "\" and commit its folder charts");
}

Result<ChartTree> find_chart_at(SourceTree& tree, const std::string& directory, int depth);

Result<> add_dependencies(SourceTree& tree, ChartTree& chart, int depth) {
  if (chart.chart.dependencies.empty()) return {};
  const std::string file = join_path(chart.directory, charts::kChartFile);
  SEALIFT_ASSIGN(const auto subcharts,
                 tree.repository_part({join_path(chart.directory, "charts")}));
  for (const auto& dependency : chart.chart.dependencies) {
    if (is_vendored(*subcharts, chart.directory, dependency.name)) continue;
    const std::string beside = dependency.directory();
    if (beside.empty()) return fail(not_in_commit(file, dependency, chart.directory));
    SEALIFT_ASSIGN_CONTEXT(auto place, join_in_repository(chart.directory, beside),
                           printable(file, 400) + ": the dependency " + dependency.name);
    SEALIFT_ASSIGN_CONTEXT(auto local, find_chart_at(tree, place, depth + 1),
                           printable(file, 400) + ": the dependency " + dependency.name);
    if (local.chart.name != dependency.name) {
      return fail(ErrorCode::kInvalidInput, printable(file, 400) + ": the dependency " +
                                                dependency.name + " is the chart " +
                                                local.chart.name + " in " + printable(place, 400));
    }
    chart.local.push_back(std::move(local));
  }
  return {};
}

Result<ChartTree> find_chart_at(SourceTree& tree, const std::string& directory, int depth) {
  if (depth == kMaxDepth) {
    return fail(ErrorCode::kInvalidInput, "charts depend on each other more than 8 levels deep");
  }
  const std::string file = join_path(directory, charts::kChartFile);
  SEALIFT_ASSIGN(const auto bytes, tree.read_in_repository(file, charts::kMaxChartFileBytes));
  if (!bytes) {
    return fail(ErrorCode::kNotFound, "the commit has no chart at " +
                                          printable(directory.empty() ? "." : directory, 400) +
                                          ": " + printable(file, 400) + " is missing");
  }
  ChartTree chart{directory, {}, {}};
  SEALIFT_ASSIGN(chart.chart, charts::parse_chart_file(*bytes, file));
  SEALIFT_TRY(add_dependencies(tree, chart, depth));
  return chart;
}

Result<charts::HelmIgnore> ignore_of(SourceTree& tree, const std::string& directory) {
  const std::string file = join_path(directory, ".helmignore");
  SEALIFT_ASSIGN(const auto bytes, tree.read_in_repository(file, kMaxIgnoreFileBytes));
  return bytes ? charts::HelmIgnore::parse(*bytes, file) : charts::HelmIgnore();
}

Result<> add_files(SourceTree& tree, const ChartTree& chart, const std::string& prefix,
                   std::vector<RenderedFile>& files) {
  SEALIFT_ASSIGN(const auto ignore, ignore_of(tree, chart.directory));
  SEALIFT_ASSIGN(std::shared_ptr<SourceTree> part, tree.repository_part({chart.directory}));
  const std::size_t skipped = chart.directory.empty() ? 0 : chart.directory.size() + 1;
  for (RenderedFile& file : files_of(part)) {
    const std::string path = file.path.substr(skipped);
    if (ignore.excludes(path)) continue;
    file.path = prefix + path;
    files.push_back(std::move(file));
  }
  for (const ChartTree& local : chart.local) {
    SEALIFT_TRY(add_files(tree, local, prefix + "charts/" + local.chart.name + "/", files));
  }
  return {};
}

}  // namespace

Result<ChartTree> find_chart(SourceTree& tree, const std::string& directory) {
  return find_chart_at(tree, directory, 0);
}

std::vector<std::string> directories_of(const ChartTree& chart) {
  std::vector<std::string> all{chart.directory};
  for (const ChartTree& local : chart.local) {
    for (auto& directory : directories_of(local)) all.push_back(std::move(directory));
  }
  return all;
}

Result<std::vector<RenderedFile>> files_of(SourceTree& tree, const ChartTree& chart) {
  std::vector<RenderedFile> files;
  SEALIFT_TRY(add_files(tree, chart, "", files));
  std::ranges::sort(files, {}, &RenderedFile::path);
  return files;
}

}  // namespace sealift::builder
