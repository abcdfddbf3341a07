#include "ssh_pattern.h"

namespace sealift::commits {
namespace {

// Of several "*" only the last is tried again: what an earlier one takes more, it could take less.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t from = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      from = in_text;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[in_text])) {
      ++at;
      ++in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++from;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace

bool matches_pattern_list(std::string_view patterns, std::string_view text) {
  bool matches = false;
  while (true) {
    const auto comma = patterns.find(',');
    std::string_view pattern = patterns.substr(0, comma);
    const bool negated = pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    if (!pattern.empty() && matches_pattern(pattern, text)) {
      if (negated) return false;
      matches = true;
    }
    if (comma == std::string_view::npos) return matches;
    patterns.remove_prefix(comma + 1);
  }
}

}  // namespace sealift::commits
