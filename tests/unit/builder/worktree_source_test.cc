#include "git_fixture.h"
#include "opened_tree.h"

#include <sealift/builder/git_source.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;
using ::sealift::test::GitFixture;
using ::sealift::test::run_git;
using ::testing::ElementsAre;

using test::content;
using test::open_tree;
using test::paths;

TEST(WorktreeSourceTest, CallsDirtyWhatGitWasToldNotToSee) {
  const GitFixture git;
  git.write("deploy/a.yaml", "committed");
  const std::string id = git.commit();
  git.git("update-index --assume-unchanged deploy/a.yaml");
  git.write("deploy/a.yaml", "different");
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy", "", true));
  EXPECT_EQ(content(*tree, "a.yaml"), "different");
  EXPECT_EQ(tree->commit().revision(), "sha1:" + id + "-dirty");
}

TEST(WorktreeSourceTest, CallsDirtyWhatAFilterChangedOnCheckout) {
  const GitFixture git;
  git.write(".gitattributes", "*.yaml text eol=crlf\n");
  git.write("a.yaml", "a: 1\n");
  const std::string id = git.commit();
  std::filesystem::remove(git.path() + "/a.yaml");
  git.git("checkout -q -- a.yaml");
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "", "", true));
  ASSERT_EQ(content(*tree, "a.yaml"), "a: 1\r\n");
  EXPECT_EQ(tree->commit().revision(), "sha1:" + id + "-dirty");
}

TEST(WorktreeSourceTest, ReadsWhatGitWouldAdd) {
  const GitFixture git;
  git.write(".gitignore", "secret.yaml\n");
  git.write("deploy/a.yaml", "1");
  git.write("deploy/gone.yaml", "1");
  git.write("deploy/same.yaml", "1");
  const std::string id = git.commit();
  {
    ASSERT_OK_ASSIGN(const auto clean, open_tree(git.path(), "deploy", "", true));
    EXPECT_EQ(clean->commit().revision(), "sha1:" + id);
    EXPECT_THAT(paths(*clean), ElementsAre("a.yaml", "gone.yaml", "same.yaml"));
  }
  git.write("deploy/a.yaml", "changed");
  git.write("deploy/new.yaml", "new");
  git.write("deploy/secret.yaml", "secret");
  std::filesystem::remove(git.path() + "/deploy/gone.yaml");
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy", "", true));
  EXPECT_THAT(paths(*tree), ElementsAre("a.yaml", "new.yaml", "same.yaml"));
  EXPECT_EQ(content(*tree, "a.yaml"), "changed");
  EXPECT_EQ(tree->commit().revision(), "sha1:" + id + "-dirty");

  git.write("deploy/a.yaml", "changed once more");
  EXPECT_THAT(tree->read(tree->files()[0]), fails_with(ErrorCode::kInvalidInput, "a.yaml"));
}

TEST(WorktreeSourceTest, FollowsLinksToListedFilesOnly) {
  const GitFixture git;
  git.write(".gitignore", "secret.yaml\n");
  git.write("shared/a.yaml", "shared");
  git.write("deploy/b.yaml", "b");
  git.write("secret.yaml", "s");
  std::filesystem::create_symlink("../shared/a.yaml", git.path() + "/deploy/link.yaml");
  git.git("add .gitignore shared deploy");
  git.git("commit -q -m one");
  {
    ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy", "", true));
    EXPECT_EQ(content(*tree, "link.yaml"), "shared");
  }
  for (const char* target : {"../secret.yaml", "/etc/passwd", "../.git/config"}) {
    std::filesystem::remove(git.path() + "/deploy/link.yaml");
    std::filesystem::create_symlink(target, git.path() + "/deploy/link.yaml");
    EXPECT_THAT(open_tree(git.path(), "deploy", "", true),
                fails_with(ErrorCode::kInvalidInput, "link.yaml"))
        << target;
  }
}

TEST(WorktreeSourceTest, NeedsAWorkTreeAndNoRevision) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  const std::string bare = git.path() + ".git";
  run_git(git.path(), "clone -q --bare . '" + bare + "'");
  EXPECT_THAT(open_tree(bare, "", "", true), fails_with(ErrorCode::kInvalidInput, "bare"));
  EXPECT_THAT(open_tree(git.path(), "", "main", true),
              fails_with(ErrorCode::kInvalidInput, "choose one"));
}

}  // namespace
}  // namespace sealift::builder
