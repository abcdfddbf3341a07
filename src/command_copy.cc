#include <sealift/base/wildcard.h>
#include <sealift/oci/attachments.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/semver.h>
#include <sealift/oci/version_range.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "artifact_judgement.h"
#include "byte_units.h"
#include "command.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

struct CopyFlags {
  std::vector<oci::Reference> references;  // the last one is the destination
  bool all_tags = false;
  std::string tags;
  std::string policy_file;
  std::string trust_directory;
  bool force = false;
  bool without_attached = false;
  std::size_t concurrency = 4;
  std::shared_ptr<RegistryFlags> from;
  std::shared_ptr<RegistryFlags> to;
};

// The artifacts that are wanted of one repository.
struct Source {
  oci::Reference reference;
  std::unique_ptr<oci::Repository> repository;
  std::vector<oci::CopyItem> items;
};

// `wanted` is a pattern with "*", and may be a range of versions as well.
bool is_wanted(const std::string& tag, const std::string& wanted) {
  if (matches_wildcard(wanted, tag)) return true;
  const auto range = oci::VersionRange::parse(wanted);
  return range && oci::select_newest({tag}, *range).has_value();
}

Result<std::vector<oci::CopyItem>> chosen_tags(oci::Repository& repository, const CopyFlags& flags,
                                               const oci::Reference& source, std::stop_token stop) {
  SEALIFT_ASSIGN_CONTEXT(const auto tags, repository.tags(std::move(stop)),
                         "listing the tags of " + source.name());
  std::vector<oci::CopyItem> items;
  for (const auto& tag : tags) {
    if (oci::is_attachment_tag(tag) || (!flags.all_tags && !is_wanted(tag, flags.tags))) continue;
    items.push_back({tag, {tag}});
  }
  if (!items.empty()) return items;
  return fail(ErrorCode::kNotFound,
              source.name() + " has no tag" +
                  (flags.all_tags ? "" : " that fits \"" + flags.tags + "\"") +
                  "; \"sealift ls\" lists those that there are");
}

oci::CopyItem named_item(const oci::Reference& source, const oci::Reference& destination) {
  oci::CopyItem item{source.tag_or_digest(), {}};
  if (destination.tag()) {
    item.tags = {*destination.tag()};
  } else if (source.tag()) {
    item.tags = {*source.tag()};
  }
  return item;
}

Result<std::vector<Source>> find_sources(const CopyFlags& flags, const Surroundings& surroundings) {
  std::vector<Source> sources;
  std::map<std::string, std::string> tag_users;
  const auto& destination = flags.references.back();
  for (std::size_t i = 0; i + 1 < flags.references.size(); ++i) {
    const auto& reference = flags.references[i];
    SEALIFT_ASSIGN(auto repository, open_repository(reference, *flags.from, surroundings));
    std::vector<oci::CopyItem> items;
    if (flags.all_tags || !flags.tags.empty()) {
      SEALIFT_ASSIGN(items, chosen_tags(*repository, flags, reference, surroundings.stop));
    } else {
      items.push_back(named_item(reference, destination));
    }
    for (const auto& item : items) {
      for (const auto& tag : item.tags) {
        const auto [user, is_first] = tag_users.emplace(tag, reference.name());
        if (is_first) continue;
        return fail(ErrorCode::kConflict, "the tag \"" + tag + "\" would be set twice, by " +
                                              user->second + " and by " + reference.name() +
                                              "; copy one of them to another destination");
      }
    }
    sources.push_back({reference, std::move(repository), std::move(items)});
  }
  return sources;
}

// From here on the artifacts that were judged are meant, whatever becomes of their tags.
Result<> verify(Source& source, const LoadedPolicies& policies, const Surroundings& surroundings) {
  for (auto& item : source.items) {
    const auto digest = Digest::parse(item.from);
    const auto reference =
        digest ? source.reference.with_digest(*digest) : source.reference.with_tag(item.from);
    SEALIFT_ASSIGN(const auto judged, judge(reference, *source.repository, policies,
                                            {system_clock().now()}, surroundings.stop));
    if (const auto* refused = judged.refused()) return fail(refused->error);
    item.from = judged.artifact.descriptor.digest.to_string();
  }
  return {};
}

std::string named(const oci::Reference& repository, const oci::CopyItem& item,
                  const oci::CopiedArtifact& artifact) {
  return item.tags.empty() ? repository.with_digest(artifact.descriptor.digest).to_string()
                           : repository.with_tag(item.tags.front()).to_string();
}

void report(const Source& source, const oci::Reference& destination,
            const oci::CopySummary& summary, const Output& output, Json& artifacts) {
  for (std::size_t i = 0; i < summary.artifacts.size(); ++i) {
    const auto& artifact = summary.artifacts[i];
    const auto to = named(destination, source.items[i], artifact);
    const auto digest = artifact.descriptor.digest.to_string();
    output.step(artifact.was_there ? "present" : "copied", to + "  " + digest);
    artifacts.push_back(Json::Object{{"from", source.reference.name()},
                                     {"to", to},
                                     {"digest", digest},
                                     {"copied", !artifact.was_there}});
  }
}

Result<> copy(const CopyFlags& flags, const Surroundings& surroundings) {
  const auto& destination = flags.references.back();
  SEALIFT_ASSIGN(auto sources, find_sources(flags, surroundings));
  if (!flags.policy_file.empty()) {
    SEALIFT_ASSIGN(const auto policies, load_policy_file(flags.policy_file, flags.trust_directory));
    for (auto& source : sources) {
      SEALIFT_TRY(verify(source, policies, surroundings));
    }
  }
  SEALIFT_ASSIGN(auto to, open_repository(destination, *flags.to, surroundings));
  oci::CopyOptions options;
  options.referrers = !flags.without_attached;
  if (!flags.without_attached) options.attached_endings = oci::kCosignEndings;
  options.overwrite_attached = flags.force;
  options.parallel = flags.concurrency;

  Json artifacts = Json::array();
  oci::CopySummary total;
  for (const auto& source : sources) {
    const bool same_registry = source.reference.kind() == oci::Reference::Kind::kRegistry &&
                               destination.kind() == oci::Reference::Kind::kRegistry &&
                               source.reference.registry() == destination.registry();
    options.mount_from = same_registry ? source.reference.repository() : "";
    SEALIFT_ASSIGN_CONTEXT(
        const auto summary,
        oci::copy_artifacts(*source.repository, *to, source.items, options, surroundings.stop),
        "copying " + source.reference.to_string() + " to " + destination.to_string());
    report(source, destination, summary, surroundings.output, artifacts);
    total.manifests += summary.manifests;
    total.attached += summary.attached;
    total.blobs += summary.blobs;
    total.bytes += summary.bytes;
  }
  surroundings.output.step("sent", std::to_string(total.manifests) + " manifests, " +
                                       std::to_string(total.attached) + " of them attached; " +
                                       std::to_string(total.blobs) + " blobs, " +
                                       in_units(total.bytes));
  surroundings.output.document(Json::Object{{"artifacts", std::move(artifacts)},
                                            {"manifests", total.manifests},
                                            {"attached", total.attached},
                                            {"blobs", total.blobs},
                                            {"bytes", total.bytes}});
  return {};
}

void check_copy_flags(const CopyFlags& flags) {
  const bool many = flags.all_tags || !flags.tags.empty();
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
                   "or oci-layout:DIR[:TAG]")
      ->required()
      ->expected(2, 1'000)
      ->type_name("REFERENCE");
  auto* all =
      command->add_flag("--all-tags", flags->all_tags, "Copy all tags of the source's repository");
  command
      ->add_option("--tags", flags->tags,
                   "Copy the tags that fit: a range of versions (\">=1.2 <2\"), or a pattern "
                   "(\"release-*\")")
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
                    "that the source lacks");
  command->add_option("--concurrency", flags->concurrency, "Transfers under way at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 24));
  auto plain = std::make_shared<bool>(false);
  command->add_flag("--plain-http", *plain, "Use http:// instead of https:// at both ends");
  flags->from = add_registry_flags(*command, "from");
  flags->to = add_registry_flags(*command, "to");
  command->callback([=, &chosen] {
    if (*plain) flags->from->plain_http = flags->to->plain_http = true;
    flags->references.clear();
    for (const auto& text : *texts) flags->references.push_back(parse_reference(text));
    check_copy_flags(*flags);
    if (flags->from->password_stdin && flags->to->password_stdin) {
      throw CLI::ValidationError("standard input has room for one password; log in to the other");
    }
    chosen = [=](const Surroundings& surroundings) { return copy(*flags, surroundings); };
  });
}

}  // namespace sealift::program
