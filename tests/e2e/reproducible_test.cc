#include <git_fixture.h>

#include <sealift/base/json.h>

#include <support/process.h>
#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace sealift {
namespace {

using ::sealift::test::GitFixture;
using ::sealift::test::ProcessOptions;
using ::sealift::test::ProcessResult;
using ::sealift::test::run_git;

// Publishes into a layout with the program under a umask and an environment of its own; returns the
// digest that it prints.
std::string digest_of(const std::string& repository, const std::string& layout,
                      const std::string& mask, ProcessOptions options) {
  const ProcessResult result = test::run_process(
      {"sh", "-c", "umask " + mask + " && exec \"$@\"", "sh", SEALIFT_PROGRAM, "push",
       "oci-layout:" + layout + ":v1", "--from", repository, "--path", "deploy/prod", "--json"},
      std::move(options));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto json = parse_json(result.out, "the output of push");
  return json ? std::string(json->string_at({"digest"})) : result.out;
}

TEST(ReproducibleTest, TwoClonesInDifferentSurroundingsGiveTheSameDigest) {
  const GitFixture git;
  std::filesystem::copy(std::string(SEALIFT_SOURCE_DIR) + "/examples/shop/deploy",
                        git.path() + "/deploy", std::filesystem::copy_options::recursive);
  git.commit("Add the shop");
  const std::string bare = git.path() + "-bare.git";
  run_git(git.path(), "clone -q --bare . '" + bare + "'");
  const std::string clone = git.path() + "-clone";
  run_git(git.path(), "clone -q . '" + clone + "'");
  run_git(clone, "checkout -q --detach");
  run_git(clone, "config core.autocrlf true");
  run_git(clone, "remote set-url origin https://token@mirror.example.com/shop");
  std::filesystem::remove_all(clone + "/deploy/prod");

  const test::TempDirectory directory;
  ProcessOptions plain;
  plain.environment = {{"TZ", "UTC"}, {"LC_ALL", "C"}};
  const std::string expected = digest_of(bare, directory.file("one"), "022", plain);
  EXPECT_TRUE(expected.starts_with("sha256:")) << expected;

  ProcessOptions other;
  other.directory = directory.path();
  other.environment = {{"TZ", "Pacific/Auckland"},  {"LC_ALL", "C.UTF-8"},
                       {"LANG", "tr_TR.UTF-8"},     {"HOME", directory.path()},
                       {"USER", "somebody"},        {"LOGNAME", "somebody"},
                       {"SOURCE_DATE_EPOCH", "1"},  {"GIT_AUTHOR_NAME", "Somebody"},
                       {"GIT_DIR", "/nonexistent"}, {"CI_COMMIT_BRANCH", "other"},
                       {"GITHUB_REF_NAME", "other"}};
  EXPECT_EQ(digest_of(clone, directory.file("two"), "077", other), expected);
}

}  // namespace
}  // namespace sealift
