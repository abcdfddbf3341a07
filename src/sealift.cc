#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string_view>

#include "command.h"
#include "exit_code.h"
#include "kubectl_plugin.h"
#include "signals.h"
#include "version.h"

namespace sealift::program {
namespace {

constexpr const char* kDescription =
    "Carries a Git commit, proven and unchanged, into clusters that never see Git.";

constexpr const char* kFooter =
    "Exit codes: 0 success, 2 usage, 3 refused by policy or signature, 4 not found, 5 denied,\n"
    "6 unavailable, 7 invalid input, 8 conflict, 9 interrupted, 1 anything else.";

// Asked before the flags are understood: their own errors are printed by it.
bool wants_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc,
                     [](const char* argument) { return std::string_view(argument) == "--json"; });
}

// "sealift push": the command whose --help explains the error.
std::string command_line_of(const CLI::App& app) {
  std::string words = app.get_name();
  for (const auto* command : app.get_subcommands()) words += " " + command_line_of(*command);
  return words;
}

// CLI11 misses a subcommand, or takes the value of a misspelt flag for an argument, before it
// notices what is wrong.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto rest = app.remaining(true);
  // What follows a misspelt subcommand may well be right for the one that was meant.
  if (app.get_subcommands().empty() && !rest.empty() && !rest.front().starts_with("-")) {
    return "there is no subcommand \"" + rest.front() + "\"";
  }
  const auto flag = std::find_if(rest.begin(), rest.end(),
                                 [](const std::string& word) { return word.starts_with("-"); });
  return flag == rest.end() ? error.what() : "there is no flag \"" + *flag + "\"";
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, const Output& output) {
  output.error(Error(ErrorCode::kInvalidInput,
                     explain(app, error) + "; see \"" + command_line_of(app) + " --help\""));
  return kUsage;
}

// A result that did not get out is no success: the disk may be full, or the reader gone.
Result<> flush_standard_output() {
  std::cout.flush();
  if (std::cout) return {};
  return fail(ErrorCode::kIo, "the result could not be written to standard output");
}

int run(int argc, char** argv) {
  const auto role = role_of(argc > 0 ? argv[0] : "");
  CLI::App app(kDescription, role == Role::kKubectlPlugin ? "kubectl sealift" : "sealift");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("sealift ") + kVersion);
  bool json = false;
  bool quiet = false;
  app.add_flag("--json", json, "Print the result, or the error, as JSON");
  app.add_flag("-q,--quiet", quiet, "Print errors alone");
  Action chosen;
  Ending ending;
  add_build_command(app, chosen);
  add_check_command(app, chosen);
  add_schemas_command(app, chosen);
  add_push_command(app, chosen);
  add_rebuild_command(app, chosen);
  add_pull_command(app, chosen);
  add_cat_command(app, chosen);
  add_diff_command(app, chosen, ending);
  add_copy_command(app, chosen);
  add_ls_command(app, chosen);
  add_tag_command(app, chosen);
  add_delete_command(app, chosen);
  add_login_commands(app, chosen);
  add_gc_command(app, chosen);
  add_sign_command(app, chosen);
  add_attest_command(app, chosen);
  add_freshness_command(app, chosen);
  add_sign_blob_command(app, chosen);
  add_verify_command(app, chosen);
  add_verify_blob_command(app, chosen);
  add_evidence_command(app, chosen);
  add_inspect_command(app, chosen);
  add_key_command(app, chosen);
  add_policy_command(app, chosen);
  add_trust_command(app, chosen);
  add_get_command(app, chosen);
  add_tree_command(app, chosen);
  add_events_command(app, chosen);
  add_reconcile_command(app, chosen);
  add_suspend_commands(app, chosen);
  add_rollback_command(app, chosen);
  add_trace_command(app, chosen);
  add_convert_command(app, chosen);
  add_install_command(app, chosen);
  add_uninstall_command(app, chosen);
  add_completion_command(app, chosen);
  add_version_command(app, chosen);
  if (role == Role::kKubectlCompletion) {
    std::cout << kubectl_completion(app, {argv + 1, argv + argc}) << std::flush;
    return kSuccess;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    Output output;
    output.set_json(wants_json(argc, argv));
    return usage_error(app, error, output);
  }
  Output output;
  output.set_json(json);
  output.set_quiet(quiet);
  const Signals signals;
  Machine machine;
  auto done = chosen({machine, output, signals.token()});
  if (done) done = flush_standard_output();
  if (done) return ending.done;
  output.error(done.error());
  const auto code = done.error().code();
  return code == ErrorCode::kIo ? ending.io_failed : exit_code_of(code);
}

}  // namespace
}  // namespace sealift::program

int main(int argc, char** argv) { return sealift::program::run(argc, argv); }
