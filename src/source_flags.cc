#include "source_flags.h"

#include <sealift/base/file_system.h>

#include <CLI/CLI.hpp>

#include <charconv>

namespace sealift::program {
namespace {

// Not left to CLI11, which reads "010" as eight, and a number that is too large as the largest,
// which would make every later artifact an older one.
std::int64_t parse_sequence(const std::string& text) {
  std::int64_t sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (error == std::errc() && end == text.data() + text.size() && sequence >= 0) return sequence;
  throw CLI::ValidationError("--sequence",
                             "\"" + text + "\" is no whole number from 0 to 9223372036854775807");
}

}  // namespace

std::shared_ptr<SourceFlags> add_source_flags(CLI::App& command) {
  auto flags = std::make_shared<SourceFlags>();
  command.add_option("--from", flags->from, "Git repository and, after \"@\", the revision")
      ->type_name("REPO[@REV]")
      ->capture_default_str();
  command.add_flag("--worktree", flags->worktree,
                   "Take the files of the work tree; the revision says -dirty where they differ");
  command.add_option("--source", flags->url, "URL of the repository, for the annotation")
      ->type_name("URL");
  command
      .add_option_function<std::string>(
          "--sequence",
          [flags = flags.get()](const std::string& text) {
            flags->sequence = parse_sequence(text);
          },
          "Number that must grow from artifact to artifact; by default the commit's time")
      ->type_name("N");
  command
      .add_option("--format", flags->format, "\"flux\", as Flux writes and reads it, or \"oci\"")
      ->check(CLI::IsMember({"flux", "oci"}))
      ->capture_default_str();
  flags->signer = add_commit_signer_flags(command);
  return flags;
}

Result<builder::SnapshotOptions> snapshot_options(const SourceFlags& flags) {
  builder::SnapshotOptions options;
  SEALIFT_ASSIGN(options.required_signer, load_required_signer(*flags.signer));
  SEALIFT_ASSIGN(options.location, builder::parse_source_location(system_files(), flags.from));
  options.worktree = flags.worktree;
  return options;
}

Result<builder::ArtifactOptions> artifact_options(const SourceFlags& flags) {
  builder::ArtifactOptions options;
  SEALIFT_ASSIGN(options.format, builder::parse_artifact_format(flags.format));
  options.source = flags.url;
  options.sequence = flags.sequence;
  return options;
}

void tell_signer(const builder::Commit& commit, const Output& output) {
  if (!commit.signer) return;
  output.step("commit", "signed by " + commit.signer->name + " with the " +
                            std::string(to_string(commit.signer->kind)) + " key " +
                            commit.signer->fingerprint);
}

Json to_json(const commits::CommitSigner& signer) {
  Json json;
  json.set("kind", to_string(signer.kind));
  json.set("key", signer.fingerprint);
  json.set("name", signer.name);
  return json;
}

}  // namespace sealift::program
