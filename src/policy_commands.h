#pragma once

#include "command.h"

namespace sealift::program {

// Each adds one subcommand of `sealift policy`.
void add_policy_check(CLI::App& parent, Action& chosen);
void add_policy_explain(CLI::App& parent, Action& chosen);
void add_policy_test(CLI::App& parent, Action& chosen);
void add_policy_export(CLI::App& parent, Action& chosen);

}  // namespace sealift::program
