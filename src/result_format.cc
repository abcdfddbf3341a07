#include "result_format.h"

#include <sealift/objects/yaml.h>

#include <CLI/CLI.hpp>

namespace sealift::program {

bool ResultFormat::is_document(const Output& output) const {
  return output.json() || name == "json" || name == "yaml";
}

void ResultFormat::print(const Json& document, const Output& output) const {
  if (output.json()) return output.document(document);
  if (name == "json") output.text(dump_json_pretty(document) + "\n");
  // Documents of a watch follow each other.
  if (name == "yaml") output.text("---\n" + objects::dump_yaml(document));
}

std::shared_ptr<ResultFormat> add_result_format(CLI::App& command, std::vector<std::string> words) {
  auto format = std::make_shared<ResultFormat>();
  words.insert(words.begin(), {"json", "yaml"});
  std::string list;
  for (const auto& word : words) {
    list += (list.empty() ? "" : word == words.back() ? " or " : ", ") + word;
  }
  command.add_option("-o,--output", format->name, "Format of the result: " + list)
      ->check(CLI::IsMember(words))
      ->type_name("FORMAT");
  return format;
}

}  // namespace sealift::program
