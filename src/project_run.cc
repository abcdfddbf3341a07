#include "project_run.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/builder/build_all.h>
#include <sealift/project/project.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "artifact_progress.h"
#include "build_machine.h"
#include "byte_units.h"
#include "ci_commit.h"
#include "environment_variable.h"
#include "project_checks.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxNamesInMessage = 10;

// Rendering keeps a processor busy, whether here or in a program of its own.
std::size_t threads() { return std::max(1u, std::thread::hardware_concurrency()); }

project::CommitFacts facts_of(const builder::Commit& commit, const ProjectFlags& flags) {
  project::CommitFacts facts{commit.id, commit.branch, commit.tag};
  add_ci_names(facts, environment_variable);
  if (!flags.branch.empty()) facts.branch = flags.branch;
  if (!flags.git_tag.empty()) facts.tag = flags.git_tag;
  return facts;
}

Result<std::vector<project::PlannedArtifact>> plan_at(builder::Snapshot& snapshot,
                                                      const std::string& file,
                                                      const project::CommitFacts& facts) {
  SEALIFT_ASSIGN(auto text, snapshot.read_file(file, project::kMaxProjectBytes));
  SEALIFT_ASSIGN(const auto project, project::parse_project(std::move(text), file));
  return project::make_plan(project, facts);
}

Error no_such_artifact(const std::string& name, const ProjectFlags& flags,
                       const std::vector<project::PlannedArtifact>& plan) {
  std::string known;
  for (std::size_t i = 0; i < std::min(plan.size(), kMaxNamesInMessage); ++i) {
    known += (i == 0 ? "" : ", ") + plan[i].name;
  }
  if (plan.size() > kMaxNamesInMessage) {
    known += " and " + std::to_string(plan.size() - kMaxNamesInMessage) + " more";
  }
  return Error(ErrorCode::kNotFound, printable(flags.file, 400) + " has no artifact " +
                                         printable(name, 100) + "; it has " + known);
}

Result<> keep_only(std::vector<project::PlannedArtifact>& plan, const ProjectFlags& flags) {
  if (flags.only.empty()) return {};
  for (const auto& name : flags.only) {
    if (std::ranges::find(plan, name, &project::PlannedArtifact::name) == plan.end()) {
      return fail(no_such_artifact(name, flags, plan));
    }
  }
  std::erase_if(plan, [&](const auto& artifact) {
    return std::ranges::find(flags.only, artifact.name) == flags.only.end();
  });
  return {};
}

// What GitLab says was before the first commit of a branch.
bool is_nothing(const std::string& revision) {
  return (revision.size() == 40 || revision.size() == 64) &&
         revision.find_first_not_of('0') == std::string::npos;
}

Error advise_on_project_file(const Error& error) {
  if (error.code() != ErrorCode::kNotFound) return error;
  return Error(ErrorCode::kNotFound,
               std::string(error.message()) +
                   "; write one (docs/formats/project.md), name another with --file, or name what "
                   "to push: sealift push REFERENCE --from REPO --path DIR");
}

std::string describe(const project::PlannedArtifact& artifact) {
  std::string tags;
  for (const auto& tag : artifact.tags) tags += (tags.empty() ? ":" : ", ") + tag.name;
  return artifact.name + "  " + (artifact.path.empty() ? "." : artifact.path) + " → " +
         artifact.destination.to_string() + tags;
}

Json to_json(const builder::SelectedArtifact& selected) {
  Json json;
  json.set("name", selected.artifact.name);
  json.set("path", selected.artifact.path);
  json.set("destination", selected.artifact.destination.to_string());
  Json& tags = json.set("tags", Json::array());
  for (const auto& tag : selected.artifact.tags) tags.push_back(tag.name);
  json.set("reason", to_string(selected.reason));
  return json;
}

}  // namespace

std::vector<project::PlannedArtifact> ProjectRun::plan() const {
  std::vector<project::PlannedArtifact> plan;
  for (const auto& selected : selection.selected) plan.push_back(selected.artifact);
  return plan;
}

Result<ProjectRun> open_project(const SourceFlags& source, const ProjectFlags& flags,
                                const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto options, snapshot_options(source));
  SEALIFT_ASSIGN(auto now, builder::Snapshot::open(options, system_files()));
  tell_signer(now.commit(), surroundings.output);
  const auto facts = facts_of(now.commit(), flags);
  auto planned = plan_at(now, flags.file, facts);
  if (!planned) return fail(advise_on_project_file(planned.error()));
  SEALIFT_TRY(keep_only(*planned, flags));
  ProjectRun run;
  run.snapshots = std::make_unique<builder::SnapshotPool>(now);
  if (flags.changed_since.empty() || is_nothing(flags.changed_since)) {
    run.selection = builder::select_all(*std::move(planned));
    return run;
  }
  SEALIFT_ASSIGN_CONTEXT(auto earlier, now.open_other(flags.changed_since), "--changed-since");
  auto planned_earlier = plan_at(earlier, flags.file, facts);
  builder::SnapshotPool earlier_pool(std::move(earlier));
  builder::Earlier then{earlier_pool, std::nullopt};
  if (planned_earlier) then.plan = *std::move(planned_earlier);
  SEALIFT_ASSIGN(run.selection,
                 builder::select_changed(*std::move(planned), *run.snapshots, std::move(then),
                                         threads(), surroundings.stop));
  return run;
}

void report_plan(const ProjectRun& run, std::string_view would, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  for (const auto& selected : run.selection.selected) {
    output.step(would,
                describe(selected.artifact) + ": " + std::string(to_string(selected.reason)));
  }
  for (const auto& artifact : run.selection.unchanged) {
    output.step("unchanged", describe(artifact));
  }
  Json document = describe_run(run);
  Json& artifacts = document.set("artifacts", Json::array());
  for (const auto& selected : run.selection.selected) artifacts.push_back(to_json(selected));
  output.document(document);
}

Result<std::vector<builder::Built>> build_selected(const ProjectRun& run, const SourceFlags& source,
                                                   const Surroundings& surroundings) {
  const auto plan = run.plan();
  ArtifactProgress progress("building", plan.size(), surroundings.output);
  builder::BuildAllOptions options;
  SEALIFT_ASSIGN(options.each.artifact, artifact_options(source));
  ProjectChecks checks(*run.snapshots);
  options.each.judge = [&](const project::PlannedArtifact& planned,
                           const builder::RenderedObjects& rendered) {
    return checks.judge(planned, rendered);
  };
  options.threads = threads();
  options.on_done = [&](const project::PlannedArtifact& artifact) { progress.done(artifact.name); };
  SEALIFT_ASSIGN(auto built, builder::build_all(plan, *run.snapshots, options, build_environment(),
                                                surroundings.stop));
  std::uint64_t objects = 0;
  for (std::size_t i = 0; i < built.size(); ++i) {
    objects += built[i].objects;
    for (const auto& warning : built[i].warnings) {
      surroundings.output.warning(plan[i].name + ": " + built[i].renderer + ": " + warning);
    }
  }
  checks.tell_warnings(surroundings.output);
  if (!built.empty()) {
    surroundings.output.step("built", counted(built.size(), "artifact") + " with " +
                                          counted(objects, "object") + " from " +
                                          run.snapshots->commit().revision());
  }
  return built;
}

Json describe_run(const ProjectRun& run) {
  const auto& commit = run.snapshots->commit();
  Json json;
  json.set("revision", commit.revision());
  if (commit.signer) json.set("commitSigner", to_json(*commit.signer));
  Json& unchanged = json.set("unchanged", Json::array());
  for (const auto& artifact : run.selection.unchanged) unchanged.push_back(artifact.name);
  return json;
}

}  // namespace sealift::program
