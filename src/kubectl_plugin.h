#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// The name under which the program was started decides what it is: "sealift", kubectl's plug-in
// ("kubectl-sealift"), or the completion of that plug-in ("kubectl_complete-sealift").
enum class Role { kProgram, kKubectlPlugin, kKubectlCompletion };
Role role_of(std::string_view program);

// What kubectl offers after `words`, of which the last is under way: one word a line, then ":4"
// (cobra's ShellCompDirectiveNoFileComp), as kubectl expects of a plug-in's completion.
std::string kubectl_completion(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace sealift::program
