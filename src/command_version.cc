#include <CLI/CLI.hpp>

#include "command.h"
#include "commit.h"
#include "version.h"

namespace sealift::program {

void add_version_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("version", "Print the version");
  command->callback([&chosen] {
    chosen = [](const Surroundings& surroundings) -> Result<> {
      const std::string commit = kCommit;
      surroundings.output.text(std::string("sealift ") + kVersion +
                               (commit.empty() ? "" : " (" + commit + ")") + "\n");
      Json json;
      json.set("version", kVersion);
      json.set("commit", commit);
      json.set("artifactApi", "sealift.dev/v1alpha1");
      surroundings.output.document(json);
      return {};
    };
  });
}

}  // namespace sealift::program
