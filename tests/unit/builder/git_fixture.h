#pragma once

#include <support/temp_directory.h>

#include <string>
#include <string_view>

namespace sealift::test {

// A Git repository in a fresh directory, made with the real git: names, mail addresses and times
// are fixed and no configuration of the machine is read, so that object names are the same
// everywhere.
class GitFixture {
 public:
  GitFixture();

  const std::string& path() const { return path_; }
  void write(const std::string& file, std::string_view content) const;
  // Runs `git ARGUMENTS` in the repository through the shell; returns its output without the last
  // line end. Ends the test program where git fails.
  std::string git(const std::string& arguments) const;
  // Adds everything and commits; returns the commit's name.
  std::string commit(const std::string& message = "change") const;

 private:
  TempDirectory directory_;
  std::string path_;
};

// Runs a command line with the same environment in `directory`.
std::string run_git(const std::string& directory, const std::string& arguments);

}  // namespace sealift::test
