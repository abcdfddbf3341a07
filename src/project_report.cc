#include "project_report.h"

#include <sealift/base/worker_pool.h>
#include <sealift/builder/render_planned.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "build_machine.h"
#include "project_checks.h"
#include "version.h"

namespace sealift::program {
namespace {

// What one artifact has; files with the number of their objects.
struct Checked {
  std::vector<checks::Finding> findings;
  std::map<std::string, std::size_t> files;
  std::vector<std::string> warnings;
};

Result<Checked> check_one(const project::PlannedArtifact& planned, const ProjectRun& run,
                          ProjectChecks& checks, const std::stop_token& stop) {
  Checked checked;
  std::vector<checks::ManifestFile> manifests;
  SEALIFT_TRY(run.snapshots->use([&](builder::Snapshot& snapshot) -> Result<> {
    SEALIFT_ASSIGN(std::shared_ptr<builder::SourceTree> tree, snapshot.tree(planned.path, {}));
    SEALIFT_ASSIGN(const auto rendered,
                   builder::render_planned_unchecked(std::move(tree), planned, snapshot.prefix(),
                                                     build_environment(), stop));
    for (const auto& line : rendered.warnings) {
      checked.warnings.push_back(planned.name + ": " + rendered.renderer + ": " + line);
    }
    SEALIFT_ASSIGN(manifests, ProjectChecks::manifests_of(planned, snapshot.prefix(), rendered));
    return {};
  }));
  for (const auto& file : manifests) checked.files.emplace(file.path(), file.objects().size());
  SEALIFT_ASSIGN(checked.findings, checks.find(planned, manifests));
  return checked;
}

checks::Report in_one_report(std::vector<Checked> all) {
  checks::Report report;
  report.tool_version = kVersion;
  std::map<std::string, std::size_t> files;
  for (auto& one : all) {
    files.merge(one.files);
    std::ranges::move(one.findings, std::back_inserter(report.findings));
  }
  for (const auto& [file, objects] : files) {
    report.files.push_back(file);
    report.objects += objects;
  }
  const auto place = [](const checks::Finding& finding) {
    return std::tie(finding.file, finding.position.line, finding.position.column, finding.rule,
                    finding.object, finding.field, finding.message, finding.severity);
  };
  std::ranges::stable_sort(report.findings, {}, place);
  const auto rest = std::ranges::unique(report.findings, {}, place);
  report.findings.erase(rest.begin(), rest.end());
  return report;
}

}  // namespace

Result<checks::Report> check_selected(const ProjectRun& run,
                                      const std::function<Result<>(checks::CheckOptions&)>& adjust,
                                      const Surroundings& surroundings) {
  auto plan = run.plan();
  std::erase_if(plan, [](const auto& planned) { return planned.chart.has_value(); });
  for (auto& planned : plan) SEALIFT_TRY(adjust(planned.checks.options));
  ProjectChecks checks(*run.snapshots);
  std::vector<Checked> all(plan.size());
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  SEALIFT_TRY(run_parallel(plan.size(), threads, surroundings.stop,
                           [&](std::size_t i, const std::stop_token& stop) -> Result<> {
                             SEALIFT_ASSIGN_CONTEXT(all[i], check_one(plan[i], run, checks, stop),
                                                    plan[i].name);
                             return {};
                           }));
  for (const auto& one : all) {
    for (const auto& warning : one.warnings) surroundings.output.warning(warning);
  }
  auto report = in_one_report(std::move(all));
  if (!plan.empty()) report.options = plan.front().checks.options;
  return report;
}

}  // namespace sealift::program
