#include <sealift/builder/build.h>
#include <sealift/builder/publish.h>
#include <sealift/oci/observed_transfer.h>

#include <CLI/CLI.hpp>

#include "artifact_signer.h"
#include "build_machine.h"
#include "byte_units.h"
#include "command.h"
#include "project_push.h"
#include "registry_flags.h"
#include "source_flags.h"
#include "tag_argument.h"
#include "transfer_progress.h"

namespace sealift::program {
namespace {

// Of the one artifact that a reference names.
struct PushFlags {
  std::string path;
  std::vector<std::string> tags;
  std::vector<std::string> annotations;
  std::string revision;
  std::string version;
  std::shared_ptr<SourceFlags> source;
};

void add_artifact_flags(CLI::App& command, PushFlags& flags) {
  command.add_option("--path", flags.path, "Directory within the repository; by default all of it")
      ->type_name("DIR");
  command.add_option("--tag", flags.tags, "Another tag; may be given several times")
      ->allow_extra_args(false)
      ->check(check_tag, "", "")
      ->type_name("TAG");
  command.add_option("-a,--annotation", flags.annotations, "KEY=VALUE; may be given several times")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  command.add_option("--revision", flags.revision, "Revision to record instead of the commit's")
      ->type_name("TEXT");
  command.add_option("--artifact-version", flags.version, "Version to record")
      ->type_name("VERSION");
}

Result<builder::BuildOptions> build_options(const PushFlags& flags) {
  builder::BuildOptions options;
  SEALIFT_ASSIGN(static_cast<builder::SnapshotOptions&>(options.source),
                 snapshot_options(*flags.source));
  options.source.path = flags.path;
  SEALIFT_ASSIGN(options.artifact, artifact_options(*flags.source));
  options.artifact.revision = flags.revision;
  options.artifact.version = flags.version;
  for (const auto& text : flags.annotations) {
    SEALIFT_ASSIGN(auto annotation, builder::parse_annotation(text));
    options.artifact.annotations.push_back(std::move(annotation));
  }
  return options;
}

void report(const builder::Built& built, const builder::Pushed& pushed,
            const oci::Reference& reference, const std::vector<Signed>& signatures,
            const Output& output) {
  Json json;
  json.set("url", pushed.reference.to_string());
  json.set("repository", reference.name());
  json.set("tag", pushed.tags.empty() ? "" : pushed.tags.front());
  Json tags = Json::array();
  for (const auto& tag : pushed.tags) tags.push_back(tag);
  json.set("tags", std::move(tags));
  json.set("digest", pushed.manifest.digest.to_string());
  json.set("revision", built.artifact.revision);
  if (built.commit.signer) json.set("commitSigner", to_json(*built.commit.signer));
  if (!built.renderer.empty()) json.set("renderer", built.renderer);
  json.set("files", built.files);
  json.set("objects", built.objects);
  json.set("signatures", to_json(signatures));
  output.document(json);
}

Result<builder::Built> build(const PushFlags& flags, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(auto options, build_options(flags));
  SEALIFT_ASSIGN(auto built, builder::build(options, build_environment(), surroundings.stop));
  tell_signer(built.commit, output);
  for (const auto& warning : built.warnings) output.warning(built.renderer + ": " + warning);
  output.step("built", counted(built.objects, "object") + " in " + counted(built.files, "file") +
                           " from " + built.artifact.revision +
                           (built.renderer.empty() ? "" : " by " + built.renderer));
  return built;
}

Result<builder::Pushed> publish(builder::Artifact artifact, const PushFlags& flags,
                                const oci::Reference& reference, oci::Repository& repository,
                                const Surroundings& surroundings) {
  TransferProgress progress("pushing", surroundings.output);
  progress.turn_to(reference);
  progress.found_blob(artifact.layer.size);
  oci::ObservedTransfer transfer(progress.observer(), artifact.layer.size);
  artifact.content.bytes = transfer.follow(std::move(artifact.content.bytes));
  return builder::publish(artifact, reference, flags.tags, repository, surroundings.stop);
}

Result<> push(const PushFlags& flags, const oci::Reference& reference,
              const RegistryFlags& registry, const SigningFlags& signing,
              const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  // A wrong password, or a job without a token, must not cost a build and an upload.
  SEALIFT_ASSIGN(auto signer, ArtifactSigner::open(signing, surroundings));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto built, build(flags, surroundings));
  SEALIFT_ASSIGN(auto pushed, publish(built.artifact, flags, reference, *repository, surroundings));
  output.step("pushed", pushed.reference.to_string());
  auto signatures = signer.sign(*repository, reference, pushed.manifest, surroundings);
  if (!signatures) {
    return fail(std::move(signatures)
                    .error()
                    .with_context("the artifact was pushed but is not signed; run \"sealift sign " +
                                  pushed.reference.to_string() + "\""));
  }
  tell_signed(*signatures, output);
  report(built, pushed, reference, *signatures, output);
  return {};
}

void add_publishing_flags(CLI::App& command, ProjectPush& push) {
  command.add_flag("--force", push.force,
                   "Without REFERENCE: move tags that name a commit or a version as well");
  command.add_flag("--republish", push.republish,
                   "Without REFERENCE: publish also what is there with the same content");
  command.add_flag("--no-provenance", push.without_provenance,
                   "Without REFERENCE: sign, and state nothing of the build");
  command
      .add_option(
          "--builder-id", push.builder_id,
          "Without REFERENCE: the builder that the provenance names, where no CI system does")
      ->type_name("URI");
  command.add_option("--concurrency", push.concurrency, "Without REFERENCE: how many at a time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

// One artifact that flags describe, or those that the project's file does.
void check_one_way(const CLI::App& command, bool has_reference) {
  if (has_reference) {
    auto given = given_project_flags(command);
    for (const char* name :
         {"--force", "--republish", "--no-provenance", "--builder-id", "--concurrency"}) {
      if (command.count(name) > 0) given += (given.empty() ? "" : ", ") + std::string(name);
    }
    if (!given.empty()) {
      throw CLI::ValidationError(given + ": for the artifacts of sealift.yaml, without REFERENCE");
    }
    if (command.count("--from") == 0) throw CLI::RequiredError("--from");
    return;
  }
  for (const char* name : {"--path", "--tag", "--annotation", "--revision", "--artifact-version"}) {
    if (command.count(name) == 0) continue;
    throw CLI::ValidationError(std::string(name) +
                               ": for the one artifact that REFERENCE names; without it, "
                               "sealift.yaml says so for each");
  }
}

}  // namespace

void add_push_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "push",
      "Pack the manifests of a Git commit, publish and sign them; without REFERENCE, the "
      "artifacts of sealift.yaml");
  auto flags = std::make_shared<PushFlags>();
  auto all = std::make_shared<ProjectPush>();
  auto reference = add_optional_reference(*command);
  flags->source = all->source = add_source_flags(*command);
  add_artifact_flags(*command, *flags);
  all->project = add_project_flags(*command);
  add_publishing_flags(*command, *all);
  all->signing = add_optional_signing_flags(*command);
  all->registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_one_way(*command, reference->has_value());
    check_commit_signer_flags(*all->source->signer);
    check_signing_flags(*all->signing, *command);
    chosen = [=](const Surroundings& surroundings) {
      if (!reference->has_value()) return push_project(*all, surroundings);
      return push(*flags, **reference, *all->registry, *all->signing, surroundings);
    };
  });
}

}  // namespace sealift::program
