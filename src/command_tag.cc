#include <CLI/CLI.hpp>

#include "command.h"
#include "registry_flags.h"
#include "tag_argument.h"

namespace sealift::program {
namespace {

// What a tag named before; empty where there was none.
Result<std::string> digest_behind(oci::Repository& repository, const std::string& tag,
                                  std::stop_token stop) {
  auto found = repository.resolve(tag, std::move(stop));
  if (found) return found->digest.to_string();
  if (found.error().code() == ErrorCode::kNotFound) return std::string();
  return fail(std::move(found).error());
}

Result<> tag(const oci::Reference& reference, const std::vector<std::string>& tags,
             const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN_CONTEXT(const auto stored,
                         repository->fetch_manifest(reference.tag_or_digest(), surroundings.stop),
                         "fetching " + reference.to_string());
  const auto digest = stored.descriptor.digest.to_string();
  Json changed = Json::array();
  for (const auto& name : tags) {
    const auto address = reference.with_tag(name).to_string();
    SEALIFT_ASSIGN_CONTEXT(const auto before, digest_behind(*repository, name, surroundings.stop),
                           "looking for " + address);
    if (before != digest) {
      SEALIFT_TRY_CONTEXT(repository->push_manifest(stored.bytes, stored.descriptor.media_type,
                                                    name, surroundings.stop),
                          "tagging " + address);
    }
    surroundings.output.step(
        before == digest ? "present" : "tagged",
        address + "  " + digest +
            (before.empty() || before == digest ? "" : "  instead of " + before));
    Json one(Json::Object{{"tag", name}, {"changed", before != digest}});
    if (!before.empty() && before != digest) one.set("previousDigest", before);
    changed.push_back(std::move(one));
  }
  surroundings.output.document(Json::Object{
      {"repository", reference.name()}, {"digest", digest}, {"tags", std::move(changed)}});
  return {};
}

}  // namespace

void add_tag_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("tag", "Give an artifact more tags; nothing is sent again");
  auto tags = std::make_shared<std::vector<std::string>>();
  auto reference = add_reference(*command, true);
  command->add_option("tags", *tags, "New tags; one that is there moves")
      ->required()
      ->expected(1, 1'000)
      ->check(check_tag, "", "")
      ->type_name("TAG");
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return tag(**reference, *tags, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
