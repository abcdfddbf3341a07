#include <sealift/oci/archive.h>
#include <sealift/oci/attachments.h>

#include <CLI/CLI.hpp>

#include "attachment_tree.h"
#include "byte_units.h"
#include "command.h"
#include "mirror_flags.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

struct LsFlags {
  bool tree = false;
  bool all = false;
  bool blobs = false;
  std::shared_ptr<RegistryFlags> registry;
};

// What is asked about: the tag or digest that the reference names, or all tags.
Result<std::vector<std::string>> names_in(oci::Repository& repository,
                                          const oci::Reference& reference, bool all,
                                          std::stop_token stop) {
  if (reference.tag() || reference.digest()) return std::vector{reference.tag_or_digest()};
  SEALIFT_ASSIGN_CONTEXT(auto tags, repository.tags(std::move(stop)),
                         "listing the tags of " + reference.name());
  if (!all) std::erase_if(tags, [](const auto& tag) { return oci::is_attachment_tag(tag); });
  return tags;
}

// On standard error: whoever reads the tags line by line gets none.
std::string nothing_in(const oci::Reference& reference, bool all) {
  return reference.name() + " has no tags" +
         (all ? "" : " but those of attached manifests, if any (see --all)") +
         "; what has none is known by its digest alone";
}

Result<> list_trees(const std::vector<std::string>& names, oci::Repository& repository,
                    const oci::Reference& reference, const Surroundings& surroundings) {
  if (names.empty()) surroundings.output.warning(nothing_in(reference, false));
  oci::Attachments attachments(repository, true, oci::kCosignEndings);
  Json artifacts = Json::array();
  for (const auto& name : names) {
    SEALIFT_ASSIGN_CONTEXT(auto root, repository.resolve(name, surroundings.stop),
                           "looking for \"" + name + "\" in " + reference.name());
    SEALIFT_ASSIGN_CONTEXT(
        const auto node, oci::read_attachments(attachments, std::move(root), surroundings.stop),
        "looking for what is attached to \"" + name + "\" in " + reference.name());
    surroundings.output.text(name + "  " + node.descriptor.digest.to_string() + "  " +
                             in_units(node.descriptor.size) + "\n" + tree_text(node));
    Json json = to_json(node);
    json.set("name", name);
    artifacts.push_back(std::move(json));
  }
  surroundings.output.document(
      Json::Object{{"repository", reference.name()}, {"artifacts", std::move(artifacts)}});
  return {};
}

// What another side need not be sent; see "sealift copy --since".
Result<> list_blobs(const std::vector<std::string>& names, oci::Repository& repository,
                    const oci::Reference& reference, const Surroundings& surroundings) {
  std::vector<oci::CopyItem> items;
  for (const auto& name : names) items.push_back({name, {}});
  oci::CopyOptions options;
  options.attached_endings = oci::kCosignEndings;
  SEALIFT_ASSIGN_CONTEXT(const auto blobs,
                         oci::list_blobs(repository, items, options, surroundings.stop),
                         "looking for the blobs of " + reference.to_string());
  Json listed = Json::array();
  for (const auto& blob : blobs) {
    surroundings.output.text(blob.digest.to_string() + "\n");
    listed.push_back(Json::Object{{"digest", blob.digest.to_string()}, {"size", blob.size}});
  }
  surroundings.output.document(
      Json::Object{{"repository", reference.name()}, {"blobs", std::move(listed)}});
  return {};
}

Result<> list(const oci::Reference& reference, const LsFlags& flags,
              const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, *flags.registry, surroundings));
  SEALIFT_ASSIGN(const auto names, names_in(*repository, reference, flags.all, surroundings.stop));
  if (flags.tree) return list_trees(names, *repository, reference, surroundings);
  if (flags.blobs) return list_blobs(names, *repository, reference, surroundings);
  if (names.empty()) surroundings.output.warning(nothing_in(reference, flags.all));
  Json tags = Json::array();
  for (const auto& name : names) {
    surroundings.output.text(name + "\n");
    tags.push_back(name);
  }
  surroundings.output.document(
      Json::Object{{"repository", reference.name()}, {"tags", std::move(tags)}});
  return {};
}

}  // namespace

void add_ls_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("ls", "List the tags of a repository or layout");
  auto flags = std::make_shared<LsFlags>();
  auto reference = add_reference(*command, false);
  auto* tree = command->add_flag(
      "--tree", flags->tree,
      "With signatures, attestations and other referrers; also of one tag or digest");
  command->add_flag("--all", flags->all,
                    "With tags that are named after a manifest, which belong to other artifacts");
  command
      ->add_flag("--blobs", flags->blobs,
                 "The digests of all content, for --since of \"sealift copy\"; also of one tag or "
                 "digest")
      ->excludes(tree);
  flags->registry = add_registry_flags(*command);
  add_mirror_flags(*command, flags->registry);
  command->callback([=, &chosen] {
    if (!flags->tree && !flags->blobs && ((*reference)->tag() || (*reference)->digest())) {
      throw CLI::ValidationError(
          (*reference)->to_string() +
          " names one artifact; leave tag and digest out, or add --tree or --blobs");
    }
    chosen = [=](const Surroundings& surroundings) {
      return list(**reference, *flags, surroundings);
    };
  });
}

}  // namespace sealift::program
