#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/builder/build.h>
#include <sealift/builder/publish.h>
#include <sealift/oci/observed_transfer.h>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdlib>

#include "artifact_signer.h"
#include "byte_units.h"
#include "command.h"
#include "commit_signer_flags.h"
#include "registry_flags.h"
#include "tag_argument.h"
#include "transfer_progress.h"

namespace sealift::program {
namespace {

struct PushFlags {
  std::string from;
  std::string path;
  bool worktree = false;
  std::vector<std::string> tags;
  std::vector<std::string> annotations;
  std::string source;
  std::string revision;
  std::string version;
  std::optional<std::int64_t> sequence;
  std::string format = "flux";
};

// Not left to CLI11, which reads "010" as eight, and a number that is too large as the largest,
// which would make every later artifact an older one.
std::int64_t parse_sequence(const std::string& text) {
  std::int64_t sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (error == std::errc() && end == text.data() + text.size() && sequence >= 0) return sequence;
  throw CLI::ValidationError("--sequence",
                             "\"" + text + "\" is no whole number from 0 to 9223372036854775807");
}

void add_source_flags(CLI::App& command, PushFlags& flags) {
  command.add_option("--from", flags.from, "Git repository and, after \"@\", the revision")
      ->required()
      ->type_name("REPO[@REV]");
  command.add_option("--path", flags.path, "Directory within the repository; by default all of it")
      ->type_name("DIR");
  command.add_flag("--worktree", flags.worktree,
                   "Take the files of the work tree; the revision says -dirty where they differ");
}

void add_artifact_flags(CLI::App& command, PushFlags& flags) {
  command.add_option("--tag", flags.tags, "Another tag; may be given several times")
      ->allow_extra_args(false)
      ->check(check_tag, "", "")
      ->type_name("TAG");
  command.add_option("-a,--annotation", flags.annotations, "KEY=VALUE; may be given several times")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  command.add_option("--source", flags.source, "URL of the repository, for the annotation")
      ->type_name("URL");
  command.add_option("--revision", flags.revision, "Revision to record instead of the commit's")
      ->type_name("TEXT");
  command.add_option("--artifact-version", flags.version, "Version to record")
      ->type_name("VERSION");
  command
      .add_option_function<std::string>(
          "--sequence",
          [&flags](const std::string& text) { flags.sequence = parse_sequence(text); },
          "Number that must grow from artifact to artifact; by default the commit's time")
      ->type_name("N");
  command.add_option("--format", flags.format, "\"flux\", as Flux writes and reads it, or \"oci\"")
      ->check(CLI::IsMember({"flux", "oci"}))
      ->capture_default_str();
}

Result<builder::BuildOptions> build_options(const PushFlags& flags,
                                            const CommitSignerFlags& commit_signer) {
  builder::BuildOptions options;
  SEALIFT_ASSIGN(options.source.required_signer, load_required_signer(commit_signer));
  SEALIFT_ASSIGN(options.source.location,
                 builder::parse_source_location(system_files(), flags.from));
  options.source.path = flags.path;
  options.source.worktree = flags.worktree;
  SEALIFT_ASSIGN(options.artifact.format, builder::parse_artifact_format(flags.format));
  options.artifact.source = flags.source;
  options.artifact.revision = flags.revision;
  options.artifact.version = flags.version;
  options.artifact.sequence = flags.sequence;
  for (const auto& text : flags.annotations) {
    SEALIFT_ASSIGN(auto annotation, builder::parse_annotation(text));
    options.artifact.annotations.push_back(std::move(annotation));
  }
  return options;
}

std::string environment_or(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

Json to_json(const commits::CommitSigner& signer) {
  Json json;
  json.set("kind", to_string(signer.kind));
  json.set("key", signer.fingerprint);
  json.set("name", signer.name);
  return json;
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

Result<builder::Built> build(const PushFlags& flags, const CommitSignerFlags& commit_signer,
                             const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(auto options, build_options(flags, commit_signer));
  const builder::BuildEnvironment environment{system_files(), system_random(),
                                              environment_or("TMPDIR", "/tmp"),
                                              environment_or("PATH", "/usr/bin:/bin")};
  SEALIFT_ASSIGN(auto built, builder::build(options, environment, surroundings.stop));
  if (const auto& signer = built.commit.signer) {
    output.step("commit", "signed by " + signer->name + " with the " +
                              std::string(to_string(signer->kind)) + " key " + signer->fingerprint);
  }
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

Result<> push(const PushFlags& flags, const CommitSignerFlags& commit_signer,
              const oci::Reference& reference, const RegistryFlags& registry,
              const SigningFlags& signing, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  // A wrong password, or a job without a token, must not cost a build and an upload.
  SEALIFT_ASSIGN(auto signer, ArtifactSigner::open(signing, surroundings));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto built, build(flags, commit_signer, surroundings));
  SEALIFT_ASSIGN(auto pushed, publish(built.artifact, flags, reference, *repository, surroundings));
  output.step("pushed", pushed.reference.to_string());
  auto signatures = signer.sign(*repository, reference, pushed.manifest, surroundings);
  if (!signatures) {
    return fail(std::move(signatures)
                    .error()
                    .with_context("the artifact was pushed but is not signed; run \"sealift sign " +
                                  pushed.reference.to_string() + "\""));
  }
  report(built, pushed, reference, *signatures, output);
  return {};
}

}  // namespace

void add_push_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("push", "Pack the manifests of a Git commit, publish and sign them");
  auto flags = std::make_shared<PushFlags>();
  auto reference = add_reference(*command, false);
  add_source_flags(*command, *flags);
  auto commit_signer = add_commit_signer_flags(*command);
  add_artifact_flags(*command, *flags);
  auto signing = add_optional_signing_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_commit_signer_flags(*commit_signer);
    check_signing_flags(*signing, *command);
    chosen = [=](const Surroundings& surroundings) {
      return push(*flags, *commit_signer, **reference, *registry, *signing, surroundings);
    };
  });
}

}  // namespace sealift::program
