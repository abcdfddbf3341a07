#include "git_fixture.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

// libgit2 1.5 forgets its regular expressions when it opens a repository with extensions, as one
// with SHA-256 names. LeakSanitizer asks this function; it sees no frame beyond libpcre2.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpcre2-8"; }

namespace sealift::test {

std::string run_git(const std::string& directory, const std::string& arguments) {
  const std::string command =
      "cd '" + directory +
      "' && env -i PATH=\"$PATH\" HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 LC_ALL=C TZ=UTC "
      "GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada "
      "GIT_COMMITTER_EMAIL=ada@example.com GIT_AUTHOR_DATE='1767225600 +0100' "
      "GIT_COMMITTER_DATE='1767225600 +0100' git -c init.defaultBranch=main "
      "-c protocol.file.allow=always " +
      arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t size; (size = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  if (status != 0) {
    std::cerr << "git " << arguments << " failed in " << directory << ":\n" << output;
    std::abort();
  }
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

GitFixture::GitFixture() : path_(directory_.path() + "/repo") {
  std::filesystem::create_directories(path_);
  git("init -q .");
}

void GitFixture::write(const std::string& file, std::string_view content) const {
  const std::filesystem::path target = std::filesystem::path(path_) / file;
  std::filesystem::create_directories(target.parent_path());
  std::ofstream stream(target, std::ios::binary);
  stream << content;
  if (!stream.flush()) std::abort();
}

std::string GitFixture::git(const std::string& arguments) const {
  return run_git(path_, arguments);
}

std::string GitFixture::commit(const std::string& message) const {
  git("add --all --force");
  git("commit -q --allow-empty -m '" + message + "'");
  return git("rev-parse HEAD");
}

}  // namespace sealift::test
