#include "kubectl_plugin.h"

#include <CLI/CLI.hpp>

namespace sealift::program {
namespace {

const CLI::App* subcommand(const CLI::App& app, const std::string& name) {
  for (const auto* sub : app.get_subcommands({})) {
    if (!name.empty() && sub->get_name() == name) return sub;
  }
  return nullptr;
}

void add_flags(const CLI::App& app, std::vector<std::string>& words) {
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words.push_back("--" + name);
  }
}

std::vector<std::string> offered(const CLI::App& root, const CLI::App& command, bool flags) {
  std::vector<std::string> words;
  if (flags) {
    add_flags(command, words);
    if (&command != &root) add_flags(root, words);
    return words;
  }
  for (const auto* sub : command.get_subcommands({})) {
    if (!sub->get_name().empty()) words.push_back(sub->get_name());
  }
  return words;
}

}  // namespace

Role role_of(std::string_view program) {
  const auto slash = program.rfind('/');
  const auto name = slash == std::string_view::npos ? program : program.substr(slash + 1);
  if (name == "kubectl-sealift") return Role::kKubectlPlugin;
  if (name == "kubectl_complete-sealift") return Role::kKubectlCompletion;
  return Role::kProgram;
}

std::string kubectl_completion(const CLI::App& app, const std::vector<std::string>& words) {
  const std::string begun = words.empty() ? std::string() : words.back();
  const CLI::App* command = &app;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (const auto* next = subcommand(*command, words[i])) command = next;
  }
  std::string text;
  for (const auto& word : offered(app, *command, begun.starts_with('-'))) {
    if (word.starts_with(begun)) text += word + "\n";
  }
  return text + ":4\n";
}

}  // namespace sealift::program
