#include <sealift/base/encoding.h>
#include <sealift/oci/removal_plan.h>

#include <CLI/CLI.hpp>

#include "byte_units.h"
#include "command.h"
#include "confirmation.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

struct DeleteFlags {
  std::vector<oci::Reference> references;
  oci::RemovalOptions options;
  bool dry_run = false;
  bool yes = false;
  std::shared_ptr<RegistryFlags> registry;
};

struct Removal {
  oci::Reference reference;
  std::unique_ptr<oci::Repository> repository;
  oci::RemovalPlan plan;
};

std::string describe(const oci::PlannedAttachment& attached) {
  const auto& [descriptor, tag, subject, tags] = attached;
  const auto& type =
      descriptor.artifact_type.empty() ? descriptor.media_type : descriptor.artifact_type;
  std::string text = descriptor.digest.to_string() + "  " + printable(type, 120);
  if (!tag.empty()) text += "  as " + tag;
  if (attached.is_shared()) text += "  (the tag alone; other tags name it too)";
  return text;
}

// A line for each thing that goes.
std::vector<std::string> what_goes(const Removal& removal) {
  const auto& [reference, repository, plan] = removal;
  if (!plan.only_tag.empty()) return {"tag " + reference.with_tag(plan.only_tag).to_string()};
  std::vector<std::string> lines;
  if (plan.removes_attached) {
    for (const auto& attached : plan.attached) lines.push_back("attached " + describe(attached));
  }
  lines.push_back("manifest " + reference.name() + "@" + plan.manifest.digest.to_string());
  for (const auto& tag : plan.tags) lines.push_back("tag " + reference.with_tag(tag).to_string());
  return lines;
}

// A line for each thing that somebody may have thought would go too.
std::vector<std::string> what_stays(const Removal& removal) {
  const auto& plan = removal.plan;
  if (!plan.only_tag.empty()) return {"manifest " + plan.manifest.digest.to_string()};
  std::vector<std::string> lines;
  if (plan.removes_attached) return lines;
  for (const auto& attached : plan.attached) {
    lines.push_back("attached " + describe(attached) + "  (--with-attached removes it)");
  }
  return lines;
}

std::string question(const std::vector<Removal>& removals) {
  std::string text = "This removes\n";
  for (const auto& removal : removals) {
    for (const auto& line : what_goes(removal)) text += "  " + line + "\n";
  }
  for (const auto& removal : removals) {
    for (const auto& line : what_stays(removal)) text += "and leaves " + line + "\n";
  }
  return text;
}

void report(const Removal& removal, bool dry_run, const Output& output) {
  for (const auto& line : what_goes(removal)) output.step(dry_run ? "would go" : "removed", line);
  for (const auto& line : what_stays(removal)) output.step("stays", line);
}

Json to_json(const Removal& removal) {
  const auto& plan = removal.plan;
  Json json;
  json.set("repository", removal.reference.name());
  json.set("digest", plan.manifest.digest.to_string());
  json.set("removesManifest", plan.only_tag.empty());
  Json tags = Json::array();
  if (!plan.only_tag.empty()) tags.push_back(plan.only_tag);
  for (const auto& tag : plan.tags) tags.push_back(tag);
  json.set("tags", std::move(tags));
  Json attached = Json::array();
  for (const auto& each : plan.attached) {
    Json one;
    one.set("digest", each.descriptor.digest.to_string());
    one.set("mediaType", each.descriptor.media_type);
    if (!each.descriptor.artifact_type.empty()) {
      one.set("artifactType", each.descriptor.artifact_type);
    }
    if (!each.tag.empty()) one.set("tag", each.tag);
    one.set("removed", plan.removes_attached);
    attached.push_back(std::move(one));
  }
  json.set("attached", std::move(attached));
  return json;
}

Result<std::vector<Removal>> plan_all(const DeleteFlags& flags, const Surroundings& surroundings) {
  std::vector<Removal> removals;
  for (const auto& reference : flags.references) {
    SEALIFT_ASSIGN(auto repository, open_repository(reference, *flags.registry, surroundings));
    SEALIFT_ASSIGN_CONTEXT(
        auto plan,
        oci::plan_removal(*repository, reference.tag_or_digest(), flags.options, surroundings.stop),
        "looking at " + reference.to_string());
    removals.push_back({reference, std::move(repository), std::move(plan)});
  }
  return removals;
}

// What somebody can do where a registry removes manifests, but no tags.
Error explain(Error error, const Removal& removal) {
  if (error.code() == ErrorCode::kForbidden && !removal.plan.only_tag.empty()) {
    return std::move(error).with_context(
        "nothing was removed; --manifest removes the manifest, with each of its tags");
  }
  return error;
}

Result<> remove(const DeleteFlags& flags, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto removals, plan_all(flags, surroundings));
  if (!flags.dry_run && !flags.yes) SEALIFT_TRY(confirm(question(removals)));
  Json json = Json::array();
  for (const auto& removal : removals) {
    if (!flags.dry_run) {
      auto removed = oci::remove(*removal.repository, removal.plan, surroundings.stop);
      if (!removed) return fail(explain(std::move(removed).error(), removal));
    }
    report(removal, flags.dry_run, surroundings.output);
    json.push_back(to_json(removal));
  }
  surroundings.output.document(
      Json::Object{{"dryRun", flags.dry_run}, {"removed", std::move(json)}});
  return {};
}

oci::Reference parse_reference(const std::string& text) {
  auto parsed = oci::Reference::parse(text);
  if (!parsed) throw CLI::ValidationError(parsed.error().message());
  if (parsed->tag() || parsed->digest()) return *std::move(parsed);
  throw CLI::ValidationError(text +
                             " names neither a tag nor a digest; add \":TAG\" or \"@sha256:…\"");
}

}  // namespace

void add_delete_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("delete", "Remove tags, or manifests by their digest");
  auto flags = std::make_shared<DeleteFlags>();
  auto texts = std::make_shared<std::vector<std::string>>();
  command
      ->add_option("references", *texts,
                   "A tag, whose manifest stays, or a digest, whose manifest goes with all its "
                   "tags: oci://HOST/REPOSITORY:TAG or oci-layout:DIR@DIGEST")
      ->required()
      ->expected(1, 1'000)
      ->type_name("REFERENCE");
  command->add_flag("--manifest", flags->options.manifest,
                    "Of a tag, its manifest as well, with each other tag that names it");
  command->add_flag("--with-attached", flags->options.attached,
                    "Of a manifest, its signatures, attestations and other referrers as well");
  command->add_flag("--dry-run", flags->dry_run, "Print what would go, and remove nothing");
  command->add_flag("-y,--yes", flags->yes, "Do not ask");
  flags->registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    flags->references.clear();
    for (const auto& text : *texts) flags->references.push_back(parse_reference(text));
    if (!flags->yes && !flags->dry_run) check_somebody_can_be_asked();
    chosen = [=](const Surroundings& surroundings) { return remove(*flags, surroundings); };
  });
}

}  // namespace sealift::program
