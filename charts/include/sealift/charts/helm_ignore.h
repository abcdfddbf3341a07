#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::charts {

// Which files of a chart's directory are no part of the chart: the rules of a .helmignore
// ("The .helmignore file", helm.sh). They differ from Git's: "**" is refused, a rule with a slash
// is compared with the whole path, the first rule that says so leaves an entry out, and a rule with
// "!" leaves out whatever it does not match. A directory that is left out takes everything in it
// along.
class HelmIgnore {
 public:
  // Only what Helm leaves out without a file: hidden files in templates.
  HelmIgnore();
  // kInvalidInput "FILE:LINE: …" for "**", a broken class, more than 2,000 rules and lines above
  // 4,096 bytes.
  static Result<HelmIgnore> parse(std::string_view bytes, std::string_view file);

  // Whether a file, by its path in the chart, is left out.
  bool excludes(std::string_view path) const;

 private:
  struct Rule {
    std::string glob;
    bool negated = false;
    bool directory = false;  // for directories alone
    bool whole_path = false;
  };
  bool excludes_entry(std::string_view path, bool is_directory) const;
  Result<> add(std::string_view line);

  std::vector<Rule> rules_;
};

}  // namespace sealift::charts
