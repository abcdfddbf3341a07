#include <sealift/archive/entry_path.h>
#include <sealift/archive/tar_files.h>
#include <sealift/base/encoding.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/layer_files.h>

#include <CLI/CLI.hpp>

#include <iostream>
#include <optional>

#include "artifact_fetch.h"
#include "command.h"
#include "mirror_flags.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

// The file where this layer has it.
Result<std::optional<std::string>> find_in(const oci::LayerFile& file, const std::string& path,
                                           oci::Repository& repository,
                                           const std::stop_token& stop) {
  const archive::TarLimits limits;
  if (!file.is_archive()) {
    if (file.path != path) return std::nullopt;
    StringSink bytes("the file " + archive::quote_name(path), limits.max_file_bytes);
    SEALIFT_TRY(repository.fetch_blob(file.layer, bytes, stop));
    return bytes.take();
  }
  archive::TarFiles found(limits, [&](std::string_view entry) { return entry == path; });
  SEALIFT_TRY(oci::unpack_layer(file.layer, found, limits, [&](ByteSink& sink) {
    return repository.fetch_blob(file.layer, sink, stop);
  }));
  auto files = found.take();
  if (files.empty()) return std::nullopt;
  return std::move(files.front().bytes);
}

// Nothing is printed before the layer's digest was right: what reads the output acts on it.
Result<> cat(const oci::Reference& reference, const std::string& name, const TrustFlags& trust,
             const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN_CONTEXT(const auto path, archive::normalize_entry_path(name, {}),
                         "the path " + archive::quote_name(name));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto fetched, fetch_artifact(reference, *repository, trust, surroundings.stop));
  SEALIFT_ASSIGN(const auto layers, oci::layer_files(fetched.manifest, oci::ArchiveUse::kUnpack));
  for (const auto& layer : layers) {
    SEALIFT_ASSIGN_CONTEXT(auto bytes, find_in(layer, path, *repository, surroundings.stop),
                           "reading " + reference.to_string());
    if (!bytes) continue;
    warn_if_unverified(fetched, surroundings.output);
    std::cout << *bytes;
    return {};
  }
  return fail(ErrorCode::kNotFound, reference.to_string() + " has no file " +
                                        archive::quote_name(path) +
                                        "; \"sealift pull\" writes all that it has");
}

}  // namespace

void add_cat_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("cat", "Print one file of an artifact");
  auto path = std::make_shared<std::string>();
  auto reference = add_reference(*command, true);
  command->add_option("path", *path, "The file, as \"sealift pull\" would write it")
      ->required()
      ->type_name("PATH");
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  add_mirror_flags(*command, registry);
  command->callback([=, &chosen] {
    check_trust_flags(*trust, false);
    chosen = [=](const Surroundings& surroundings) {
      return cat(**reference, *path, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
