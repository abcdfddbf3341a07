#include <sealift/archive/tar_files.h>
#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/builder/build.h>
#include <sealift/builder/rebuild.h>
#include <sealift/builder/snapshot.h>
#include <sealift/oci/content_layer.h>
#include <sealift/project/project.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <optional>

#include "artifact_fetch.h"
#include "build_machine.h"
#include "command.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

struct RebuildFlags {
  std::string from = ".";
  std::optional<std::string> path;
  std::string file = "sealift.yaml";
  std::string only;
  std::string branch;
  std::string git_tag;
  std::shared_ptr<TrustFlags> trust;
};

using project::PlannedArtifact;

// The project's entry that the artifact comes from: the one of that name, or the only one with this
// destination, and of several the one with this tag.
Result<PlannedArtifact> find_entry(std::vector<PlannedArtifact> plan,
                                   const oci::Reference& reference, const RebuildFlags& flags) {
  std::erase_if(plan, [&](const PlannedArtifact& artifact) {
    return flags.only.empty() ? artifact.destination.name() != reference.name()
                              : artifact.name != flags.only;
  });
  if (plan.size() > 1 && reference.tag()) {
    std::erase_if(plan, [&](const PlannedArtifact& artifact) {
      return std::ranges::find(artifact.tags, *reference.tag(), &project::PlannedTag::name) ==
             artifact.tags.end();
    });
  }
  if (plan.size() == 1) return std::move(plan.front());
  return fail(ErrorCode::kNotFound,
              printable(flags.file, 400) + " of that commit has " +
                  (plan.empty() ? "no artifact " : "several artifacts ") +
                  (flags.only.empty() ? "for " + reference.to_string()
                                      : "called " + printable(flags.only, 100)) +
                  "; name its entry with --only, or its directory with --path");
}

Result<builder::Built> build_path(builder::Snapshot& snapshot,
                                  const builder::RecordedBuild& recorded, const std::string& path,
                                  const Surroundings& surroundings) {
  SEALIFT_ASSIGN(std::shared_ptr<builder::SourceTree> tree, snapshot.tree(path, {}));
  return builder::build(std::move(tree), recorded.options, {}, build_environment(),
                        surroundings.stop);
}

// The words of the project's entry count, not those that were published with it.
Result<builder::Built> build_entry(builder::Snapshot& snapshot, builder::RecordedBuild recorded,
                                   const oci::Reference& reference, const RebuildFlags& flags,
                                   const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto text, snapshot.read_file(flags.file, project::kMaxProjectBytes));
  SEALIFT_ASSIGN(const auto project, project::parse_project(std::move(text), flags.file));
  const std::string branch = flags.branch.empty() ? recorded.name : flags.branch;
  SEALIFT_ASSIGN(auto plan,
                 project::make_plan(project, {snapshot.commit().id, branch, flags.git_tag}));
  SEALIFT_ASSIGN(const auto entry, find_entry(std::move(plan), reference, flags));
  surroundings.output.step("entry", entry.name + " of " + flags.file);
  recorded.options.annotations.clear();
  for (const auto& annotation : entry.annotations) {
    recorded.options.annotations.push_back(annotation);
  }
  SEALIFT_ASSIGN(std::shared_ptr<builder::SourceTree> tree, snapshot.tree(entry.path, {}));
  return builder::build_planned(std::move(tree), entry, snapshot.prefix(), {recorded.options},
                                build_environment(), surroundings.stop);
}

Result<std::vector<builder::DeliveredFile>> files_of(
    const oci::Manifest& manifest, const std::function<Result<>(ByteSink&)>& feed) {
  std::vector<builder::DeliveredFile> files;
  if (manifest.layers.size() != 1) return files;
  const archive::TarLimits limits;
  archive::TarFiles found(limits, [](std::string_view) { return true; });
  SEALIFT_TRY(oci::unpack_layer(manifest.layers.front(), found, limits, feed));
  for (auto& file : found.take()) files.push_back({std::move(file.path), std::move(file.bytes)});
  return files;
}

Result<> copy_to(const Blob& blob, ByteSink& sink) {
  SEALIFT_ASSIGN(auto source, blob.open());
  std::string buffer(64u << 10, '\0');
  while (true) {
    SEALIFT_ASSIGN(const auto count, source->read(buffer.data(), buffer.size()));
    if (count == 0) return {};
    SEALIFT_TRY(sink.write(std::string_view(buffer).substr(0, count)));
  }
}

Result<std::vector<std::string>> explain(const oci::Manifest& published,
                                         const builder::Built& built, oci::Repository& repository,
                                         const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto rebuilt, oci::parse_manifest(built.artifact.manifest_bytes,
                                                         built.artifact.manifest.media_type));
  SEALIFT_ASSIGN_CONTEXT(const auto before,
                         files_of(published,
                                  [&](ByteSink& sink) {
                                    return repository.fetch_blob(published.layers.front(), sink,
                                                                 surroundings.stop);
                                  }),
                         "reading what was published");
  SEALIFT_ASSIGN(const auto after, files_of(rebuilt, [&](ByteSink& sink) {
                   return copy_to(built.artifact.content.bytes, sink);
                 }));
  return builder::explain_difference(published, rebuilt, before, after);
}

Result<> rebuild(const RebuildFlags& flags, const oci::Reference& reference,
                 const RegistryFlags& registry, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(const auto fetched,
                 fetch_artifact(reference, *repository, *flags.trust, surroundings.stop));
  SEALIFT_ASSIGN_CONTEXT(const auto recorded, builder::recorded_build(fetched.manifest),
                         reference.to_string());
  SEALIFT_ASSIGN(auto location, builder::parse_source_location(system_files(), flags.from));
  if (!location.revision.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "--from names the revision " + printable(location.revision) +
                    ", and the artifact says which one it is; name the repository alone");
  }
  builder::SnapshotOptions options;
  options.location = {location.repository, recorded.commit};
  SEALIFT_ASSIGN(auto snapshot, builder::Snapshot::open(options, system_files()));
  SEALIFT_ASSIGN(const auto built,
                 flags.path ? build_path(snapshot, recorded, *flags.path, surroundings)
                            : build_entry(snapshot, recorded, reference, flags, surroundings));
  const auto& digest = built.artifact.manifest.digest;
  const bool same = digest == fetched.descriptor.digest;
  Json document;
  document.set("url", reference.with_digest(fetched.descriptor.digest).to_string());
  document.set("revision", recorded.options.revision);
  document.set("published", fetched.descriptor.digest.to_string());
  document.set("rebuilt", digest.to_string());
  document.set("same", same);
  Json& differences = document.set("differences", Json::array());
  std::string message = reference.to_string() + " is " + fetched.descriptor.digest.to_string() +
                        ", and the commit " + recorded.commit + " gives " + digest.to_string();
  if (!same) {
    SEALIFT_ASSIGN(const auto lines, explain(fetched.manifest, built, *repository, surroundings));
    for (const auto& line : lines) {
      differences.push_back(line);
      message += "\n  " + line;
    }
  }
  warn_if_unverified(fetched, output);
  output.document(document);
  if (!same) return fail(ErrorCode::kUntrusted, std::move(message));
  output.step("same", digest.to_string() + " is what the commit " + recorded.commit + " gives");
  return {};
}

}  // namespace

void add_rebuild_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "rebuild", "Build the commit that an artifact names again, and prove that it is the same");
  auto flags = std::make_shared<RebuildFlags>();
  auto reference = add_reference(*command, false);
  command->add_option("--from", flags->from, "Git repository that has the commit")
      ->type_name("REPO")
      ->capture_default_str();
  auto* path = command->add_option("--path", flags->path,
                                   "Directory that was published, where no project lists it");
  path->type_name("DIR");
  command->add_option("-f,--file", flags->file, "The project's file in the repository")
      ->type_name("FILE")
      ->capture_default_str()
      ->excludes(path);
  command->add_option("--only", flags->only, "The project's entry, where the reference tells not")
      ->type_name("NAME")
      ->excludes(path);
  command->add_option("--branch", flags->branch, "What ${branch} was")->type_name("NAME");
  command->add_option("--git-tag", flags->git_tag, "What ${tag} was")->type_name("NAME");
  flags->trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_trust_flags(*flags->trust, false);
    chosen = [=](const Surroundings& surroundings) {
      return rebuild(*flags, **reference, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
