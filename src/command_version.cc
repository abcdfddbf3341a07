#include <CLI/CLI.hpp>

#include "command.h"
#include "version.h"

namespace sealift::program {

void add_version_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("version", "Print the version");
  command->callback([&chosen] {
    chosen = [](const Surroundings& surroundings) -> Result<> {
      surroundings.output.text(std::string("sealift ") + kVersion + "\n");
      Json json;
      json.set("version", kVersion);
      json.set("artifactApi", "sealift.dev/v1alpha1");
      surroundings.output.document(json);
      return {};
    };
  });
}

}  // namespace sealift::program
