#include <CLI/CLI.hpp>

#include "command.h"

namespace sealift::program {
namespace {

struct Completion {
  std::string path;  // "sealift key generate"
  std::string words;
};

std::string words_of(const CLI::App& app) {
  std::string words;
  for (const auto* sub : app.get_subcommands({})) {
    if (!sub->get_name().empty()) words += sub->get_name() + " ";
    // Option groups are nameless subcommands whose flags belong to their parent.
    if (sub->get_name().empty()) words += words_of(*sub);
  }
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words += "--" + name + " ";
  }
  return words;
}

void collect(const CLI::App& app, const std::string& path, const std::string& common,
             std::vector<Completion>& into) {
  into.push_back({path, words_of(app) + common});
  for (const auto* sub : app.get_subcommands({})) {
    if (!sub->get_name().empty()) collect(*sub, path + " " + sub->get_name(), common, into);
  }
}

// The longest command that the line begins with decides which words are offered.
std::string shell_cases(const std::vector<Completion>& completions) {
  std::string cases;
  for (auto it = completions.rbegin(); it != completions.rend(); ++it) {
    cases += "    \"" + it->path + " \"*) words=\"" + it->words + "\" ;;\n";
  }
  return cases;
}

std::string bash_script(const std::vector<Completion>& completions) {
  return "_sealift() {\n"
         "  local line=\"sealift ${COMP_WORDS[*]:1:COMP_CWORD-1} \" "
         "current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  local words=\"\"\n"
         "  case \"$line\" in\n" +
         shell_cases(completions) +
         "  esac\n"
         "  case \"$current\" in\n"
         "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
         "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$current\") "
         "$(compgen -f -- \"$current\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _sealift sealift\n";
}

std::string zsh_script(const std::vector<Completion>& completions) {
  return "#compdef sealift\n"
         "_sealift() {\n"
         "  local line=\"sealift ${words[2,CURRENT-1]} \" offered\n"
         "  local words=\"\"\n"
         "  case \"$line\" in\n" +
         shell_cases(completions) +
         "  esac\n"
         "  offered=(${=words})\n"
         "  compadd -a offered\n"
         "  _files\n"
         "}\n"
         "compdef _sealift sealift\n";
}

std::string fish_script(const std::vector<Completion>& completions) {
  std::string script =
      "function __sealift_words\n"
      "  switch (commandline --cut-at-cursor --current-process)\n";
  for (auto it = completions.rbegin(); it != completions.rend(); ++it) {
    script += "    case '" + it->path + " *'\n      string split ' ' -- '" + it->words + "'\n";
  }
  return script +
         "  end\n"
         "end\n"
         "complete -c sealift -e\n"
         "complete -c sealift -a '(__sealift_words)'\n";
}

}  // namespace

void add_completion_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "completion", "Print a completion script: eval \"$(sealift completion bash)\"");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  command->callback([shell, &app, &chosen] {
    chosen = [shell, &app](const Surroundings& surroundings) -> Result<> {
      std::vector<Completion> completions;
      collect(app, "sealift", "--json --quiet --help", completions);
      const auto script = *shell == "bash"  ? bash_script(completions)
                          : *shell == "zsh" ? zsh_script(completions)
                                            : fish_script(completions);
      surroundings.output.text(script);
      Json json;
      json.set("shell", *shell);
      json.set("script", script);
      surroundings.output.document(json);
      return {};
    };
  });
}

}  // namespace sealift::program
