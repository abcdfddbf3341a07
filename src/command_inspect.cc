#include <CLI/CLI.hpp>

#include <iostream>

#include "artifact_overview.h"
#include "command.h"
#include "mirror_flags.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

Result<> inspect(const oci::Reference& reference, bool raw, const RegistryFlags& registry,
                 const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  if (raw && output.json()) {
    return fail(ErrorCode::kInvalidInput,
                "--raw prints the manifest as it is stored, which is JSON already; leave --json");
  }
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  if (raw) {
    SEALIFT_ASSIGN_CONTEXT(const auto stored,
                           repository->fetch_manifest(reference.tag_or_digest(), surroundings.stop),
                           "fetching " + reference.to_string());
    std::cout << stored.bytes;
    return {};
  }
  SEALIFT_ASSIGN_CONTEXT(const auto overview,
                         read_overview(*repository, reference.tag_or_digest(), surroundings.stop),
                         "fetching " + reference.to_string());
  print(reference.to_string(), overview, output);
  output.document(to_json(reference.to_string(), overview));
  return {};
}

}  // namespace

void add_inspect_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "inspect", "Show an artifact's manifest, sizes, and who says to have signed it");
  auto reference = add_reference(*command, true);
  auto raw = std::make_shared<bool>(false);
  command->add_flag("--raw", *raw, "Print the manifest's bytes exactly as they are stored");
  auto registry = add_registry_flags(*command);
  add_mirror_flags(*command, registry);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return inspect(**reference, *raw, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
