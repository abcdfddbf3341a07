#include <sealift/archive/directory_unpacker.h>
#include <sealift/base/file_system.h>
#include <sealift/oci/content_layer.h>

#include <CLI/CLI.hpp>

#include "artifact_judgement.h"
#include "command.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

struct Fetched {
  oci::Descriptor descriptor;
  oci::Manifest manifest;
  bool verified = false;
};

// With a key or policy only what it accepts; without one, whatever the registry has.
Result<Fetched> fetch(const oci::Reference& reference, oci::Repository& repository,
                      const TrustFlags& trust, std::stop_token stop) {
  if (trust.given()) {
    SEALIFT_ASSIGN(const auto policies, load_policies(trust));
    SEALIFT_ASSIGN(const auto judged,
                   judge(reference, repository, policies, {system_clock().now()}, stop));
    if (const auto* refused = judged.refused()) return fail(refused->error);
    const auto& artifact = std::get<signing::VerifiedArtifact>(judged.verdict);
    return Fetched{artifact.descriptor(), artifact.manifest(), true};
  }
  SEALIFT_ASSIGN_CONTEXT(auto stored, repository.fetch_manifest(reference.tag_or_digest(), stop),
                         "fetching " + reference.to_string());
  SEALIFT_ASSIGN(auto manifest, oci::parse_manifest(stored.bytes, stored.descriptor.media_type));
  return Fetched{stored.descriptor, std::move(manifest), false};
}

// Nothing stays behind of a layer that turns out to be wrong at its last byte.
Result<> unpack(const oci::Descriptor& layer, const std::string& directory,
                oci::Repository& repository, std::stop_token stop) {
  SEALIFT_ASSIGN(auto unpacker, archive::DirectoryUnpacker::create(system_files(), directory));
  auto unpacked = oci::unpack_layer(layer, *unpacker, {}, [&](ByteSink& sink) {
    return repository.fetch_blob(layer, sink, stop);
  });
  if (unpacked) return {};
  auto discarded = unpacker->discard();
  if (!discarded) {
    return fail(std::move(unpacked).error().with_context("a part of the artifact is left in " +
                                                         directory + " (" +
                                                         discarded.error().message() + ")"));
  }
  return unpacked;
}

Result<> pull(const oci::Reference& reference, const std::string& directory,
              const TrustFlags& trust, const RegistryFlags& registry,
              const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto fetched, fetch(reference, *repository, trust, surroundings.stop));
  SEALIFT_ASSIGN(auto layer, oci::content_layer(fetched.manifest));
  SEALIFT_TRY_CONTEXT(unpack(layer, directory, *repository, surroundings.stop),
                      "pulling " + reference.to_string());
  const auto digest = fetched.descriptor.digest.to_string();
  surroundings.output.step("pulled", digest + " into " + directory);
  if (!fetched.verified) {
    surroundings.output.warning(
        "no signature was checked; give --key, --certificate-identity or --policy to check them");
  }
  Json json;
  json.set("repository", reference.name());
  json.set("digest", digest);
  json.set("directory", directory);
  json.set("verified", fetched.verified);
  surroundings.output.document(json);
  return {};
}

}  // namespace

void add_pull_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("pull", "Unpack an artifact into a directory");
  auto directory = std::make_shared<std::string>();
  auto reference = add_reference(*command, true);
  command->add_option("-o,--output", *directory, "New or empty directory")
      ->required()
      ->type_name("DIR");
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_trust_flags(*trust, false);
    chosen = [=](const Surroundings& surroundings) {
      return pull(**reference, *directory, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
