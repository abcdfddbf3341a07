#pragma once

#include <sealift/checks/check.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace sealift::checks {

// How a failed expectation shows it.
inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.file << ":" << finding.position.line << ":" << finding.position.column << " "
       << finding.rule << " " << finding.object << " " << finding.field << ": " << finding.message
       << "; " << finding.advice;
}

// The findings on one file of this text.
inline std::vector<Finding> check_text(const std::string& yaml, const CheckOptions& options = {}) {
  std::vector<ManifestFile> files;
  files.push_back(ManifestFile::parse("f.yaml", yaml));
  return check(files, options);
}

// The same of one rule alone, as "LINE:COLUMN FIELD MESSAGE".
inline std::vector<std::string> check_rule(const std::string& rule, const std::string& yaml,
                                           const CheckOptions& options = {}) {
  std::vector<std::string> lines;
  for (const auto& finding : check_text(yaml, options)) {
    if (finding.rule != rule) continue;
    lines.push_back(std::to_string(finding.position.line) + ":" +
                    std::to_string(finding.position.column) + " " + finding.field + " " +
                    finding.message);
  }
  return lines;
}

}  // namespace sealift::checks
