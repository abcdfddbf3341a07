#include <CLI/CLI.hpp>

#include "command.h"
#include "exit_code.h"
#include "signals.h"
#include "version.h"

namespace sealift::program {
namespace {

constexpr const char* kDescription =
    "Carries a Git commit, proven and unchanged, into clusters that never see Git.";

constexpr const char* kFooter =
    "Exit codes: 0 success, 2 usage, 3 refused by policy or signature, 4 not found, 5 denied,\n"
    "6 unavailable, 7 invalid input, 8 conflict, 9 interrupted, 1 anything else.";

int run(int argc, char** argv) {
  CLI::App app(kDescription, "sealift");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("sealift ") + kVersion);
  bool json = false;
  bool quiet = false;
  app.add_flag("--json", json, "Print the result, or the error, as JSON");
  app.add_flag("-q,--quiet", quiet, "Print errors alone");
  Action chosen;
  add_push_command(app, chosen);
  add_pull_command(app, chosen);
  add_sign_command(app, chosen);
  add_verify_command(app, chosen);
  add_inspect_command(app, chosen);
  add_key_command(app, chosen);
  add_completion_command(app, chosen);
  add_version_command(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kUsage;
  }
  Output output;
  output.set_json(json);
  output.set_quiet(quiet);
  const Signals signals;
  const Machine machine;
  const auto done = chosen({machine, output, signals.token()});
  if (done) return kSuccess;
  output.error(done.error());
  return exit_code_of(done.error().code());
}

}  // namespace
}  // namespace sealift::program

int main(int argc, char** argv) { return sealift::program::run(argc, argv); }
