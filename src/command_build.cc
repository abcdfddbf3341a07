#include <sealift/base/worker_pool.h>
#include <sealift/builder/publish.h>
#include <sealift/oci/open_repository.h>

#include <CLI/CLI.hpp>

#include <optional>

#include "byte_units.h"
#include "command.h"
#include "project_run.h"

namespace sealift::program {
namespace {

// A disk takes several files at once sooner than one after the other.
constexpr std::size_t kWriters = 8;

struct BuildFlags {
  std::string output;
  std::shared_ptr<SourceFlags> source;
  std::shared_ptr<ProjectFlags> project;
};

// "out" means the layout in the directory "out"; a tag is the artifact's name.
Result<oci::Reference> layout_of(const std::string& output) {
  const bool has_kind = output.starts_with("oci-layout:");
  SEALIFT_ASSIGN(auto reference,
                 oci::Reference::parse(has_kind ? output : "oci-layout:" + output + "/"));
  if (!reference.tag() && !reference.digest()) return reference;
  return fail(ErrorCode::kInvalidInput,
              "--output names a directory; each artifact gets its own name as its tag");
}

Json to_json(const project::PlannedArtifact& planned, const builder::Built& built,
             const builder::Pushed& stored) {
  Json json;
  json.set("name", planned.name);
  json.set("url", stored.reference.to_string());
  json.set("digest", stored.manifest.digest.to_string());
  if (!built.renderer.empty()) json.set("renderer", built.renderer);
  json.set("files", built.files);
  json.set("objects", built.objects);
  return json;
}

// The content of several artifacts at once, and then one tag after the other, because a layout's
// index keeps the order in which they come.
Result<std::vector<builder::Pushed>> store(const ProjectRun& run,
                                           const std::vector<builder::Built>& built,
                                           const oci::Reference& layout,
                                           oci::Repository& repository, std::stop_token stop) {
  const auto name_of = [&](std::size_t i) { return run.selection.selected[i].artifact.name; };
  const auto push_content = [&](std::size_t i, const std::stop_token& inner) -> Result<> {
    SEALIFT_TRY_CONTEXT(builder::push_content(built[i].artifact, repository, inner), name_of(i));
    return {};
  };
  SEALIFT_TRY(run_parallel(built.size(), kWriters, stop, push_content));
  std::vector<builder::Pushed> stored;
  for (std::size_t i = 0; i < built.size(); ++i) {
    SEALIFT_ASSIGN_CONTEXT(
        auto pushed,
        builder::publish(built[i].artifact, layout.with_tag(name_of(i)), {}, repository, stop),
        name_of(i));
    stored.push_back(std::move(pushed));
  }
  return stored;
}

Result<> build(const BuildFlags& flags, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(const auto run, open_project(*flags.source, *flags.project, surroundings));
  if (flags.project->dry_run) {
    report_plan(run, "would build", surroundings);
    return {};
  }
  SEALIFT_ASSIGN(const auto layout, layout_of(flags.output));
  SEALIFT_ASSIGN(const auto built, build_selected(run, *flags.source, surroundings));
  SEALIFT_ASSIGN(auto repository,
                 oci::open_repository(layout, {}, surroundings.machine.repositories()));
  SEALIFT_ASSIGN(const auto stored, store(run, built, layout, *repository, surroundings.stop));
  Json document = describe_run(run);
  Json& artifacts = document.set("artifacts", Json::array());
  for (std::size_t i = 0; i < built.size(); ++i) {
    output.step("stored", stored[i].reference.to_string());
    artifacts.push_back(to_json(run.selection.selected[i].artifact, built[i], stored[i]));
  }
  if (!run.selection.unchanged.empty()) {
    output.step("unchanged", counted(run.selection.unchanged.size(), "artifact"));
  }
  output.document(document);
  return {};
}

}  // namespace

void add_build_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "build", "Render and pack the artifacts of sealift.yaml into an image layout");
  BuildFlags flags;
  flags.source = add_source_flags(*command);
  flags.project = add_project_flags(*command);
  auto output = std::make_shared<std::string>();
  command
      ->add_option("-o,--output", *output,
                   "Directory of the image layout; each artifact's name is its tag there")
      ->type_name("DIR");
  command->callback([=, &chosen]() mutable {
    if (output->empty() && !flags.project->dry_run) {
      throw CLI::RequiredError("--output, or --dry-run,");
    }
    check_commit_signer_flags(*flags.source->signer);
    flags.output = *output;
    chosen = [=](const Surroundings& surroundings) { return build(flags, surroundings); };
  });
}

}  // namespace sealift::program
