#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// Which artifacts of a project are meant.
struct ProjectFlags {
  std::string file = "sealift.yaml";
  std::vector<std::string> only;
  std::string changed_since;
  std::string branch;
  std::string git_tag;
  bool dry_run = false;
};

std::shared_ptr<ProjectFlags> add_project_flags(CLI::App& command);

// Those of them that were given, for messages: "--only, --dry-run"; empty for none.
std::string given_project_flags(const CLI::App& command);

}  // namespace sealift::program
