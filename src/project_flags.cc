#include "project_flags.h"

#include <CLI/CLI.hpp>

namespace sealift::program {

std::shared_ptr<ProjectFlags> add_project_flags(CLI::App& command) {
  auto flags = std::make_shared<ProjectFlags>();
  command.add_option("-f,--file", flags->file, "The project's file in the repository")
      ->type_name("FILE")
      ->capture_default_str();
  command
      .add_option("--only", flags->only, "The artifact of this name; may be given several times")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command
      .add_option("--changed-since", flags->changed_since,
                  "Only what differs from this commit in its entry or in what it is made of")
      ->type_name("REV");
  command.add_option("--branch", flags->branch, "What ${branch} is, where the clone cannot tell")
      ->type_name("NAME");
  command.add_option("--git-tag", flags->git_tag, "What ${tag} is, where the clone cannot tell")
      ->type_name("NAME");
  command.add_flag("--dry-run", flags->dry_run,
                   "Say what would be built and why, and write nothing");
  return flags;
}

std::string given_project_flags(const CLI::App& command) {
  std::string given;
  for (const char* name :
       {"--file", "--only", "--changed-since", "--branch", "--git-tag", "--dry-run"}) {
    if (command.count(name) > 0) given += (given.empty() ? "" : ", ") + std::string(name);
  }
  return given;
}

}  // namespace sealift::program
