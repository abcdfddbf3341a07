#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A fenced block of a Markdown document.
struct MarkdownBlock {
  std::string language;  // what follows the fence; empty where nothing does
  std::string text;
  int line = 0;  // of its first line
};

std::vector<MarkdownBlock> markdown_blocks(std::string_view document);

}  // namespace sealift::test
