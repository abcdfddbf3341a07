#include "support/markdown_blocks.h"

#include <sstream>

namespace sealift::test {

std::vector<MarkdownBlock> markdown_blocks(std::string_view document) {
  std::vector<MarkdownBlock> blocks;
  std::istringstream lines{std::string(document)};
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), "", number + 1});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

}  // namespace sealift::test
