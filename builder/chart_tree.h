#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/builder/source_tree.h>
#include <sealift/charts/chart_file.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::builder {

// A chart of a commit, with the charts of the same commit that it depends on by "file://" and that
// do not lie in its folder charts already.
struct ChartTree {
  std::string directory;  // from the repository's root
  charts::ChartFile chart;
  std::vector<ChartTree> local;
};

// Reads the chart in a directory. kInvalidInput, naming the file, where a dependency is neither in
// charts nor in the commit: nothing is fetched, so it is to be added; for what leaves the
// repository; for charts more than 8 levels below each other; and as charts::parse_chart_file().
Result<ChartTree> find_chart(SourceTree& tree, const std::string& directory);

// All directories of it.
std::vector<std::string> directories_of(const ChartTree& chart);

// The chart's files by their paths in it, sorted: what .helmignore leaves of its directory, and
// each local dependency in charts/NAME, where Helm looks for it.
Result<std::vector<RenderedFile>> files_of(SourceTree& tree, const ChartTree& chart);

}  // namespace sealift::builder
