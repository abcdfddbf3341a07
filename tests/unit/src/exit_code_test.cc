#include "exit_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace sealift::program {
namespace {

std::string read_source(const std::string& path) {
  std::ifstream stream(std::string(SEALIFT_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The second column of each row, by code.
std::map<int, std::string> documented() {
  const auto text = read_source("docs/exit-codes.md");
  const std::regex row(R"(\n\| (\d+) \|([^|]*)\|)");
  std::map<int, std::string> rows;
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    const bool first = rows.emplace(std::stoi((*it)[1]), (*it)[2]).second;
    EXPECT_TRUE(first) << "code " << (*it)[1] << " is documented twice";
  }
  return rows;
}

TEST(ExitCode, IsDocumented) {
  const auto header = read_source("src/exit_code.h");
  const std::regex enumerator(R"(\n  k\w+ = (\d+),)");
  std::set<int> declared;
  for (std::sregex_iterator it(header.begin(), header.end(), enumerator), end; it != end; ++it) {
    declared.insert(std::stoi((*it)[1]));
  }
  ASSERT_EQ(declared.size(), static_cast<std::size_t>(kCancelled) + 1);
  std::set<int> in_docs;
  for (const auto& [code, row] : documented()) in_docs.insert(code);
  EXPECT_EQ(in_docs, declared);
}

TEST(ExitCode, TellsEachErrorCodeWhereItIsDocumented) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kIo); ++i) {
    const auto error = static_cast<ErrorCode>(i);
    const auto name = "`" + std::string(to_string(error)) + "`";
    SCOPED_TRACE(name);
    for (const auto& [code, row] : documented()) {
      // A wrong command line is told apart by the program and not by an error's code.
      if (code == kUsage) continue;
      const bool here = row.find(name) != std::string::npos;
      EXPECT_EQ(here, code == exit_code_of(error)) << "in the row of " << code;
    }
  }
}

}  // namespace
}  // namespace sealift::program
