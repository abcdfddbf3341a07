#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/build.h>
#include <sealift/builder/select_changed.h>
#include <sealift/builder/snapshot_pool.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "command.h"
#include "project_flags.h"
#include "source_flags.h"

namespace sealift::program {

// The commit, and the artifacts of its project that are meant.
struct ProjectRun {
  std::unique_ptr<builder::SnapshotPool> snapshots;
  builder::Selection selection;

  std::vector<project::PlannedArtifact> plan() const;
};

// Reads the project's file of the commit and selects what the flags say. kNotFound for a file or a
// name of --only that is not there; errors of parse_project(), make_plan(), select_changed().
Result<ProjectRun> open_project(const SourceFlags& source, const ProjectFlags& flags,
                                const Surroundings& surroundings);

// What --dry-run tells, and for machines the same document. `would`: "would push".
void report_plan(const ProjectRun& run, std::string_view would, const Surroundings& surroundings);

// All that is selected, or none: build_all().
Result<std::vector<builder::Built>> build_selected(const ProjectRun& run, const SourceFlags& source,
                                                   const Surroundings& surroundings);

// What is the same in every result of a project: the commit and what was left as it is.
Json describe_run(const ProjectRun& run);

}  // namespace sealift::program
