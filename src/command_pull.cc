#include <sealift/archive/directory_unpacker.h>
#include <sealift/archive/staged_directory.h>
#include <sealift/base/file_system.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/layer_files.h>
#include <sealift/oci/observed_transfer.h>

#include <CLI/CLI.hpp>

#include <functional>

#include "artifact_fetch.h"
#include "command.h"
#include "mirror_flags.h"
#include "registry_flags.h"
#include "transfer_progress.h"

namespace sealift::program {
namespace {

struct PullFlags {
  std::string directory;
  bool keep_layers = false;
};

// One file of a directory that is being unpacked.
class FileSink : public ByteSink {
 public:
  explicit FileSink(archive::DirectoryUnpacker& unpacker) : unpacker_(unpacker) {}
  Result<> write(std::string_view bytes) override { return unpacker_.write(bytes); }

 private:
  archive::DirectoryUnpacker& unpacker_;
};

// Takes a layer's bytes, and tells how far it is.
using FetchLayer = std::function<Result<>(const oci::Descriptor&, ByteSink&)>;

Result<> write_layer(const oci::LayerFile& file, archive::DirectoryUnpacker& unpacker,
                     const FetchLayer& fetch) {
  if (file.is_archive()) {
    return oci::unpack_layer(file.layer, unpacker, {},
                             [&](ByteSink& sink) { return fetch(file.layer, sink); });
  }
  archive::TarEntry entry;
  entry.path = file.path;
  entry.size = file.layer.size;
  SEALIFT_TRY(unpacker.begin_entry(entry));
  FileSink sink(unpacker);
  SEALIFT_TRY(fetch(file.layer, sink));
  return unpacker.end_entry();
}

// The directory appears when all of it is there and every digest was right.
Result<> write_files(const std::vector<oci::LayerFile>& layers, const std::string& directory,
                     const FetchLayer& fetch) {
  SEALIFT_ASSIGN(auto staged, archive::StagedDirectory::create(system_files(), directory));
  SEALIFT_ASSIGN(auto unpacker, archive::DirectoryUnpacker::create(system_files(), staged->path()));
  for (const auto& layer : layers) {
    SEALIFT_TRY(write_layer(layer, *unpacker, fetch));
  }
  return staged->publish();
}

Result<> fetch_files(const std::vector<oci::LayerFile>& layers, const oci::Reference& reference,
                     const std::string& directory, oci::Repository& repository,
                     const Surroundings& surroundings) {
  TransferProgress progress("pulling", surroundings.output);
  progress.turn_to(reference);
  for (const auto& layer : layers) progress.found_blob(layer.layer.size);
  return write_files(layers, directory,
                     [&](const oci::Descriptor& layer, ByteSink& sink) -> Result<> {
                       oci::ObservedSink observed(sink, progress.observer());
                       SEALIFT_TRY(repository.fetch_blob(layer, observed, surroundings.stop));
                       progress.settled_blob(layer.size, true);
                       return {};
                     });
}

Result<> pull(const oci::Reference& reference, const PullFlags& flags, const TrustFlags& trust,
              const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto fetched, fetch_artifact(reference, *repository, trust, surroundings.stop));
  SEALIFT_ASSIGN_CONTEXT(
      const auto layers,
      oci::layer_files(fetched.manifest,
                       flags.keep_layers ? oci::ArchiveUse::kKeep : oci::ArchiveUse::kUnpack),
      "pulling " + reference.to_string());
  SEALIFT_TRY_CONTEXT(fetch_files(layers, reference, flags.directory, *repository, surroundings),
                      "pulling " + reference.to_string());
  const auto digest = fetched.descriptor.digest.to_string();
  surroundings.output.step("pulled", digest + " into " + flags.directory);
  warn_if_unverified(fetched, surroundings.output);
  Json files = Json::array();
  for (const auto& layer : layers) {
    if (!layer.is_archive()) files.push_back(layer.path);
  }
  surroundings.output.document(Json::Object{{"repository", reference.name()},
                                            {"digest", digest},
                                            {"directory", flags.directory},
                                            {"files", std::move(files)},
                                            {"verified", fetched.verified}});
  return {};
}

}  // namespace

void add_pull_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("pull", "Write an artifact's files into a directory, whoever made it");
  auto flags = std::make_shared<PullFlags>();
  auto reference = add_reference(*command, true);
  command->add_option("-o,--output", flags->directory, "New or empty directory")
      ->required()
      ->type_name("DIR");
  command->add_flag("--keep-layers", flags->keep_layers,
                    "Write each layer as one file, archives as they are");
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  add_mirror_flags(*command, registry);
  command->callback([=, &chosen] {
    check_trust_flags(*trust, false);
    chosen = [=](const Surroundings& surroundings) {
      return pull(**reference, *flags, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
