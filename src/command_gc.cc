#include <sealift/oci/layout_garbage.h>

#include <CLI/CLI.hpp>

#include "byte_units.h"
#include "command.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

Result<> collect(const std::string& directory, bool dry_run, const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  Json blobs = Json::array();
  std::uint64_t bytes = 0;
  const auto tell = [&](const oci::GarbageBlob& blob) {
    const auto digest = blob.digest.to_string();
    surroundings.output.step(dry_run ? "would go" : "removed", digest + "  " + in_units(blob.size));
    blobs.push_back(Json::Object{{"digest", digest}, {"size", blob.size}});
    bytes += blob.size;
  };
  if (dry_run) {
    SEALIFT_ASSIGN(const auto garbage,
                   oci::find_layout_garbage(directory, machine.files, surroundings.stop));
    for (const auto& blob : garbage) tell(blob);
  } else {
    SEALIFT_TRY(oci::remove_layout_garbage(directory, machine.files, machine.clock, tell,
                                           surroundings.stop));
  }
  surroundings.output.step(dry_run ? "could free" : "freed", in_units(bytes) + " in " + directory);
  surroundings.output.document(
      Json::Object{{"dryRun", dry_run}, {"blobs", std::move(blobs)}, {"bytes", bytes}});
  return {};
}

}  // namespace

void add_gc_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("gc", "Remove content of an image layout that nothing leads to any more");
  auto reference = add_reference(*command, false);
  auto dry_run = std::make_shared<bool>(false);
  command->add_flag("--dry-run", *dry_run, "Print what would go, and change nothing");
  command->callback([=, &chosen] {
    if ((*reference)->kind() != oci::Reference::Kind::kLayout) {
      throw CLI::ValidationError((*reference)->to_string() +
                                 " is no layout in a directory; a registry frees room by its own "
                                 "means, and an archive is written anew");
    }
    if ((*reference)->tag() || (*reference)->digest()) {
      throw CLI::ValidationError((*reference)->to_string() +
                                 " names one artifact; a whole layout is looked at");
    }
    chosen = [=](const Surroundings& surroundings) {
      return collect((*reference)->repository(), *dry_run, surroundings);
    };
  });
}

}  // namespace sealift::program
