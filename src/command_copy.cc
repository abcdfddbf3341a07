#include <sealift/oci/archive.h>
#include <sealift/oci/copy_completeness.h>
#include <sealift/oci/platform.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "copy_archive.h"
#include "copy_images.h"
#include "copy_platform.h"
#include "copy_report.h"
#include "copy_sources.h"
#include "image_flags.h"
#include "image_sources.h"
#include "mirror_flags.h"
#include "transfer_progress.h"

namespace sealift::program {
namespace {

constexpr auto kArchive = oci::Reference::Kind::kArchive;

// An archive may leave out what the destination has; what neither has is said before anything is
// sent.
Result<> check_complete(const CopySource& source, oci::Repository& to, const CopyFlags& flags,
                        const Surroundings& surroundings) {
  if (source.reference.kind() != kArchive) return {};
  return oci::check_copy_is_complete(*source.repository, to, source.items, flags.options(),
                                     surroundings.stop);
}

Result<> copy_to_repository(const CopyFlags& flags, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto sources, find_copy_sources(flags, surroundings));
  SEALIFT_TRY(verify_copy_sources(sources, flags, surroundings));
  SEALIFT_TRY(choose_platform(sources, flags, surroundings));
  const auto& destination = flags.destination();
  SEALIFT_ASSIGN(auto to, open_repository(destination, *flags.to, surroundings));
  const auto context_of = [&](const CopySource& source) {
    return "copying " + source.reference.to_string() + " to " + destination.to_string();
  };
  SEALIFT_ASSIGN(const auto images, find_image_sources(sources, to.get(), flags, surroundings));
  for (const auto& source : sources) {
    SEALIFT_TRY_CONTEXT(check_complete(source, *to, flags, surroundings), context_of(source));
  }
  CopyReport report(destination, surroundings.output);
  TransferProgress progress("copying", surroundings.output);
  // Before the artifacts, whose tags tell a cluster to start them.
  SEALIFT_TRY(copy_images(images, *to, flags, surroundings, progress, report));
  for (const auto& source : sources) {
    progress.turn_to(source.reference);
    auto options = flags.options();
    options.observer = progress.observer();
    options.mount_from = mountable_name(source.reference, destination);
    SEALIFT_ASSIGN_CONTEXT(
        const auto summary,
        oci::copy_artifacts(*source.repository, *to, source.items, options, surroundings.stop),
        context_of(source));
    report.add(source.reference, source.items, summary);
  }
  report.finish();
  return {};
}

Result<> copy(const CopyFlags& flags, const Surroundings& surroundings) {
  // As many as there are threads: one that waits for another's turn to write keeps its place.
  surroundings.machine.set_requests_per_host(flags.concurrency);
  if (flags.destination().kind() == kArchive) return copy_to_archive(flags, surroundings);
  if (is_standard_stream(flags.references.front())) return copy_from_input(flags, surroundings);
  return copy_to_repository(flags, surroundings);
}

void check_archives(const CopyFlags& flags) {
  const bool to_archive = flags.destination().kind() == kArchive;
  if (!flags.since.empty() && !to_archive) {
    throw CLI::ValidationError("--since is for writing an archive: oci-archive:FILE");
  }
  for (std::size_t i = 0; i + 1 < flags.references.size(); ++i) {
    if (!is_standard_stream(flags.references[i])) continue;
    if (flags.references.size() > 2) {
      throw CLI::ValidationError("standard input is read once; name it as the only source");
    }
    if (to_archive) {
      throw CLI::ValidationError(
          "standard input cannot be copied into an archive; save it to a file");
    }
    if (!flags.platform.empty()) {
      throw CLI::ValidationError(
          "--platform chooses before it copies, and a stream is read once; "
          "save the archive to a file");
    }
    if (!flags.policy_file.empty()) {
      throw CLI::ValidationError(
          "--verify needs signatures before content, which standard input does not give; save the "
          "archive to a file");
    }
  }
}

void check_copy_flags(const CopyFlags& flags) {
  const bool many = flags.many();
  for (std::size_t i = 0; i < flags.references.size(); ++i) {
    const auto& reference = flags.references[i];
    const bool is_destination = i + 1 == flags.references.size();
    const bool names_one = reference.tag() || reference.digest();
    if (is_destination && reference.digest()) {
      throw CLI::ValidationError(reference.to_string() +
                                 " names a digest; a destination has a tag, or nothing");
    }
    if (is_destination && reference.tag() && (many || flags.references.size() > 2)) {
      throw CLI::ValidationError("several artifacts cannot all be " + reference.to_string() +
                                 "; name the destination without a tag");
    }
    if (!is_destination && many && names_one) {
      throw CLI::ValidationError(reference.to_string() +
                                 " names one artifact; --all-tags and --tags take a repository");
    }
    if (!is_destination && !many && !names_one) {
      throw CLI::ValidationError(reference.to_string() +
                                 " names neither a tag nor a digest; add \":TAG\", \"@sha256:…\" "
                                 "or --all-tags");
    }
  }
}

oci::Reference parse_reference(const std::string& text) {
  auto parsed = oci::Reference::parse(text);
  if (!parsed) throw CLI::ValidationError(parsed.error().message());
  return *std::move(parsed);
}

}  // namespace

void add_copy_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("copy", "Copy artifacts with their signatures, attestations and SBOMs");
  auto flags = std::make_shared<CopyFlags>();
  auto texts = std::make_shared<std::vector<std::string>>();
  command
      ->add_option("references", *texts,
                   "One or more sources, and the destination: oci://HOST/REPOSITORY[:TAG][@DIGEST] "
                   "or oci-layout:DIR[:TAG] or oci-archive:FILE[:TAG]; FILE may be - for a stream")
      ->required()
      ->expected(2, 1'000)
      ->type_name("REFERENCE");
  auto* all =
      command->add_flag("--all-tags", flags->all_tags, "Copy all tags of the source's repository");
  command
      ->add_option("--tags", flags->tags,
                   "Copy the tags that fit: a range of versions (\">=1.2 <2\"), or a pattern "
                   "(\"release-*\")")
      ->check(check_wanted_tags, "", "")
      ->type_name("RANGE|PATTERN")
      ->excludes(all);
  auto* verify = command
                     ->add_option("--verify", flags->policy_file,
                                  "Carry only what a policy of this file accepts")
                     ->type_name("FILE");
  add_trust_directory(*command, flags->trust_directory)->needs(verify);
  command->add_flag("--without-attached", flags->without_attached,
                    "Leave signatures, attestations, SBOMs and other referrers behind");
  command->add_flag("--force", flags->force,
                    "Replace a tag of signatures at the destination, even where it holds some "
                    "that the source lacks; replace an archive that is there");
  command
      ->add_option("--platform", flags->platform,
                   "Of an index, copy the manifest for one platform alone (\"linux/amd64\"), which "
                   "then has the tag")
      ->type_name("OS/ARCH[/VARIANT]")
      ->check([](const std::string& text) {
        return oci::is_platform(text) ? "" : "\"" + text + "\" is no platform such as linux/amd64";
      });
  command
      ->add_option("--since", flags->since,
                   "Leave out of an archive the blobs that are there: in an earlier archive, a "
                   "layout, a repository, or a list from \"sealift ls --blobs\"")
      ->type_name("REFERENCE|FILE")
      ->allow_extra_args(false);
  flags->images = add_image_flags(*command);
  command->add_option("--concurrency", flags->concurrency, "Transfers under way at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 24));
  auto plain = std::make_shared<bool>(false);
  command->add_flag("--plain-http", *plain, "Use http:// instead of https:// at both ends");
  flags->from = add_registry_flags(*command, "from");
  add_mirror_flags(*command, flags->from, "from");
  flags->to = add_registry_flags(*command, "to");
  command->callback([=, &chosen] {
    if (*plain) flags->from->plain_http = flags->to->plain_http = true;
    flags->references.clear();
    for (const auto& text : *texts) flags->references.push_back(parse_reference(text));
    check_copy_flags(*flags);
    check_archives(*flags);
    check_image_flags(*flags->images, flags->destination(),
                      is_standard_stream(flags->references.front()));
    if (flags->from->password_stdin && flags->to->password_stdin) {
      throw CLI::ValidationError("standard input has room for one password; log in to the other");
    }
    chosen = [=](const Surroundings& surroundings) { return copy(*flags, surroundings); };
  });
}

}  // namespace sealift::program
