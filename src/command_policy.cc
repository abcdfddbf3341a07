#include <CLI/CLI.hpp>

#include "policy_commands.h"

namespace sealift::program {

void add_policy_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("policy", "Check, try, explain and export TrustPolicies");
  command->require_subcommand(1);
  add_policy_check(*command, chosen);
  add_policy_explain(*command, chosen);
  add_policy_test(*command, chosen);
  add_policy_export(*command, chosen);
}

}  // namespace sealift::program
