#pragma once

#include <sealift/base/result.h>

#include <functional>
#include <stop_token>
#include <vector>

#include "exit_code.h"
#include "machine.h"
#include "output.h"

namespace CLI {
class App;
}

namespace sealift::program {

// What the program ends with, for a command whose users expect other codes than those of
// exit_code.h.
struct Ending {
  int done = kSuccess;       // the command did its work
  int io_failed = kFailure;  // this machine failed (ErrorCode::kIo)
};

// What a command runs with.
struct Surroundings {
  Machine& machine;
  const Output& output;
  std::stop_token stop;
};

// The work of the subcommand that was given; its flags are captured.
using Action = std::function<Result<>(const Surroundings&)>;

// Each adds one subcommand with its flags to `app` and sets `chosen` when it is the one given.
void add_key_command(CLI::App& app, Action& chosen);
void add_build_command(CLI::App& app, Action& chosen);
void add_check_command(CLI::App& app, Action& chosen);
void add_schemas_command(CLI::App& app, Action& chosen);
void add_push_command(CLI::App& app, Action& chosen);
void add_rebuild_command(CLI::App& app, Action& chosen);
void add_pull_command(CLI::App& app, Action& chosen);
void add_cat_command(CLI::App& app, Action& chosen);
void add_diff_command(CLI::App& app, Action& chosen, Ending& ending);
void add_copy_command(CLI::App& app, Action& chosen);
void add_ls_command(CLI::App& app, Action& chosen);
void add_tag_command(CLI::App& app, Action& chosen);
void add_delete_command(CLI::App& app, Action& chosen);
void add_login_commands(CLI::App& app, Action& chosen);  // login and logout
void add_gc_command(CLI::App& app, Action& chosen);
void add_attest_command(CLI::App& app, Action& chosen);
void add_sign_command(CLI::App& app, Action& chosen);
void add_sign_blob_command(CLI::App& app, Action& chosen);
void add_verify_command(CLI::App& app, Action& chosen);
void add_verify_blob_command(CLI::App& app, Action& chosen);
void add_evidence_command(CLI::App& app, Action& chosen);
void add_freshness_command(CLI::App& app, Action& chosen);
void add_inspect_command(CLI::App& app, Action& chosen);
void add_policy_command(CLI::App& app, Action& chosen);
void add_trust_command(CLI::App& app, Action& chosen);
// Of a cluster that Sealift delivers to.
void add_get_command(CLI::App& app, Action& chosen);
void add_tree_command(CLI::App& app, Action& chosen);
void add_events_command(CLI::App& app, Action& chosen);
void add_reconcile_command(CLI::App& app, Action& chosen);
void add_suspend_commands(CLI::App& app, Action& chosen);  // suspend and resume
void add_rollback_command(CLI::App& app, Action& chosen);
void add_trace_command(CLI::App& app, Action& chosen);
void add_convert_command(CLI::App& app, Action& chosen);
void add_install_command(CLI::App& app, Action& chosen);
void add_uninstall_command(CLI::App& app, Action& chosen);
void add_version_command(CLI::App& app, Action& chosen);
void add_completion_command(CLI::App& app, Action& chosen);

}  // namespace sealift::program
