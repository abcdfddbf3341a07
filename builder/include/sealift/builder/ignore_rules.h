#pragma once

#include <sealift/base/result.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::builder {

// One line of an ignore file (gitignore(5), "Pattern format").
struct IgnorePattern {
  std::string glob;        // without "!", and without the slashes at its ends
  bool negated = false;    // "!": brings back what an earlier pattern excluded
  bool directory = false;  // "…/": matches directories alone
  bool anchored = false;   // a slash inside or in front: matched from the file's own directory
};

// The patterns of one file in their order: comments, empty lines, escapes and trailing spaces as
// gitignore(5) has them; CRLF is accepted. kInvalidInput "FILE:LINE: …" for more than 2,000
// patterns or a line above 4,096 bytes.
Result<std::vector<IgnorePattern>> parse_ignore_file(std::string_view bytes, std::string_view file);

// fnmatch with FNM_PATHNAME and "**" (gitignore(5)). Time is bounded by pattern times path.
bool ignore_glob_matches(std::string_view glob, std::string_view path);

// Which paths of a tree are left out. The last matching pattern of the deepest directory decides,
// and nothing inside an excluded directory can be brought back: callers ask from the root
// downwards.
class IgnoreRules {
 public:
  // Without any pattern.
  IgnoreRules() = default;
  // With what Flux leaves out of every artifact: version control and CI files, images, archives.
  static IgnoreRules flux_defaults();

  // Adds the patterns of an ignore file in `directory` ("" is the root); they bind below it.
  void add(std::string_view directory, std::vector<IgnorePattern> patterns);
  // Whether the entry itself is excluded, given that none of its parents is.
  bool excludes(std::string_view path, bool is_directory) const;

 private:
  std::map<std::string, std::vector<IgnorePattern>, std::less<>> patterns_;  // by directory
};

}  // namespace sealift::builder
