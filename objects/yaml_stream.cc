#include "yaml_stream.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <string>

namespace sealift::objects {
namespace {

constexpr std::string_view kSeparator = "---";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpace = " \t\r\n\v\f";

// Where a line that begins with "---" starts, or npos.
std::size_t find_separator(std::string_view text) {
  for (std::size_t at = 0;;) {
    at = text.find(kSeparator, at);
    if (at == std::string_view::npos || at == 0 || text[at - 1] == '\n') return at;
    ++at;
  }
}

}  // namespace

YamlStream::YamlStream(std::string_view bytes, std::string_view file) : rest_(bytes), file_(file) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

Result<bool> YamlStream::next(YamlChunk& chunk) {
  while (!rest_.empty()) {
    const std::size_t end = find_separator(rest_);
    chunk = {rest_.substr(0, end), line_};
    line_ += static_cast<std::uint32_t>(std::count(chunk.text.begin(), chunk.text.end(), '\n'));
    rest_.remove_prefix(chunk.text.size());
    if (!rest_.empty()) {
      const std::string_view row = rest_.substr(0, rest_.find('\n'));
      const auto behind = row.find_first_not_of(kSpace, kSeparator.size());
      if (behind != std::string_view::npos && row[behind] != '#') {
        return fail(ErrorCode::kInvalidInput,
                    std::string(file_) + ":" + std::to_string(line_) + ":" +
                        std::to_string(behind + 1) + ": \"" + printable(row.substr(behind), 40) +
                        "\" stands behind the separator \"---\"; begin the document on the next "
                        "line");
      }
      rest_.remove_prefix(std::min(rest_.size(), row.size() + 1));
      ++line_;
    }
    if (chunk.text.find_first_not_of(kSpace) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace sealift::objects
