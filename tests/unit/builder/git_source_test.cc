#include "git_fixture.h"
#include "opened_tree.h"

#include <sealift/builder/git_source.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;
using ::sealift::test::GitFixture;
using ::sealift::test::run_git;
using ::testing::ElementsAre;

using test::content;
using test::open_tree;
using test::paths;

TEST(GitSourceTest, ReadsTheCommitAndNotTheWorkTree) {
  const GitFixture git;
  git.write("deploy/a.yaml", "one\r\n");
  git.write("deploy/run.sh", "#!/bin/sh\n");
  git.write("deploy/sub/b.yaml", "two\n");
  git.write("other.txt", "not there");
  git.git("config core.autocrlf false");
  std::filesystem::permissions(git.path() + "/deploy/run.sh", std::filesystem::perms(0755));
  const std::string id = git.commit();
  git.git("config core.autocrlf true");
  git.write("deploy/a.yaml", "changed");
  git.write("deploy/new.yaml", "new");

  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy"));
  EXPECT_THAT(paths(*tree), ElementsAre("a.yaml", "run.sh", "sub/b.yaml"));
  EXPECT_EQ(content(*tree, "a.yaml"), "one\r\n");
  EXPECT_EQ(tree->files()[0].size, 5U);
  EXPECT_FALSE(tree->files()[0].executable);
  EXPECT_TRUE(tree->files()[1].executable);
  EXPECT_EQ(tree->commit().id, id);
  EXPECT_EQ(tree->commit().time.time_since_epoch().count(), 1767225600);
  EXPECT_EQ(tree->commit().revision(), "sha1:" + id);
  EXPECT_EQ(tree->path(), "deploy");
}

TEST(GitSourceTest, SortsByBytesOfTheWholePath) {
  const GitFixture git;
  for (const char* name : {"a/b.yaml", "a-b.yaml", "a.yaml", "B.yaml", "\xC3\xA4.yaml"}) {
    git.write(name, "x");
  }
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path()));
  EXPECT_THAT(paths(*tree),
              ElementsAre("B.yaml", "a-b.yaml", "a.yaml", "a/b.yaml", "\xC3\xA4.yaml"));
}

TEST(GitSourceTest, NamesTheRevisionAsTheUserDid) {
  const GitFixture git;
  git.write("a.yaml", "1");
  const std::string first = git.commit();
  git.git("tag -a v1 -m v1");
  git.git("branch feature/x");
  git.write("a.yaml", "2");
  const std::string second = git.commit();
  const std::string clone = git.path() + "-clone";
  run_git(git.path(), "clone -q . '" + clone + "'");

  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {git.path(), "", "sha1:" + second},
      {git.path(), "HEAD", "sha1:" + second},
      {git.path(), "main", "main@sha1:" + second},
      {git.path(), "refs/heads/main", "main@sha1:" + second},
      {git.path(), "main~1", "sha1:" + first},
      {git.path(), first, "sha1:" + first},
      {git.path(), first.substr(0, 10), "sha1:" + first},
      {git.path(), "v1", "v1@sha1:" + first},
      {git.path(), "feature/x", "feature/x@sha1:" + first},
      {clone, "origin/feature/x", "feature/x@sha1:" + first},
      {clone, "origin/HEAD", "main@sha1:" + second},
  };
  for (const auto& [repository, revision, expected] : cases) {
    ASSERT_OK_ASSIGN(const auto tree, open_tree(repository, "", revision));
    EXPECT_EQ(tree->commit().revision(), expected) << revision;
  }
  EXPECT_THAT(open_tree(git.path(), "", "nowhere"),
              fails_with(ErrorCode::kNotFound, "no revision nowhere"));
  EXPECT_THAT(open_tree(git.path(), "", "HEAD:a.yaml"),
              fails_with(ErrorCode::kInvalidInput, "names no commit"));
}

TEST(GitSourceTest, FindsTheRepositoryFromWithinAndBare) {
  const GitFixture git;
  git.write("services/shop/deploy/a.yaml", "1");
  git.commit();
  const std::string bare = git.path() + ".git";
  run_git(git.path(), "clone -q --bare . '" + bare + "'");
  const std::string linked = git.path() + "-linked";
  git.git("worktree add -q '" + linked + "'");

  const std::vector<std::pair<std::string, std::string>> cases = {
      {git.path(), "services/shop/deploy"},
      {git.path(), "./services//shop/x/../deploy/"},
      {git.path() + "/services", "shop/deploy"},
      {git.path() + "/services/shop", "../shop/deploy"},
      {git.path() + "/.git", "services/shop/deploy"},
      {bare, "services/shop/deploy"},
      {linked + "/services/shop", "deploy"},
  };
  for (const auto& [repository, path] : cases) {
    ASSERT_OK_ASSIGN(const auto tree, open_tree(repository, path));
    EXPECT_THAT(paths(*tree), ElementsAre("a.yaml")) << repository << " " << path;
    EXPECT_EQ(tree->path(), "services/shop/deploy");
  }
  EXPECT_THAT(open_tree(git.path(), "../x"), fails_with(ErrorCode::kInvalidInput, "leaves"));
  EXPECT_THAT(open_tree(git.path(), "/etc"), fails_with(ErrorCode::kInvalidInput, "absolute"));
  EXPECT_THAT(open_tree(git.path(), "nothing"), fails_with(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(open_tree(git.path(), "services/shop/deploy/a.yaml"),
              fails_with(ErrorCode::kNotFound, "no directory"));
}

TEST(GitSourceTest, WithoutRepositoryOrCommitSaysSo) {
  const sealift::test::TempDirectory empty;
  EXPECT_THAT(open_tree(empty.path()), fails_with(ErrorCode::kNotFound, "no Git repository"));
  const GitFixture git;
  EXPECT_THAT(open_tree(git.path()), fails_with(ErrorCode::kNotFound, "no commit yet"));
}

TEST(GitSourceTest, RefusesRepositoriesOfOtherUsersAsGitDoes) {
  // Only root can give a directory away.
  if (::geteuid() != 0) return;
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  ASSERT_EQ(::chown(git.path().c_str(), 12345, 12345), 0);
  EXPECT_THAT(open_tree(git.path()), fails_with(ErrorCode::kForbidden, "safe.directory"));
  const sealift::test::TempDirectory empty;
  ASSERT_EQ(::chown(empty.path().c_str(), 12345, 12345), 0);
  EXPECT_THAT(open_tree(empty.path()), fails_with(ErrorCode::kNotFound, "no Git repository"));
}

TEST(GitSourceTest, SaysWhatIsMissingInThisClone) {
  const GitFixture git;
  git.write("deploy/a.yaml", "1");
  git.commit();
  git.write("other.txt", "2");
  git.commit();
  const std::string shallow = git.path() + "-shallow";
  run_git(git.path(), "clone -q --depth 1 'file://" + git.path() + "' '" + shallow + "'");
  EXPECT_THAT(open_tree(shallow, "", "main~1"), fails_with(ErrorCode::kNotFound, "shallow clone"));

  const std::string blob = git.git("rev-parse HEAD:deploy/a.yaml");
  std::filesystem::remove(git.path() + "/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2));
  EXPECT_THAT(open_tree(git.path(), "deploy"), fails_with(ErrorCode::kIo, "not in this clone"));
}

TEST(GitSourceTest, RefusesObjectsThatWereChangedOnDisk) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.write("b.yaml", "2");
  git.commit();
  const auto file_of = [&](const std::string& path) {
    const std::string blob = git.git("rev-parse HEAD:" + path);
    return git.path() + "/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2);
  };
  std::filesystem::remove(file_of("a.yaml"));
  std::filesystem::copy_file(file_of("b.yaml"), file_of("a.yaml"));
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path()));
  EXPECT_THAT(tree->read(tree->files()[0]), fails_with(ErrorCode::kIo, "a.yaml"));
}

TEST(GitSourceTest, SaysThatSha256RepositoriesAreBeyondTheLibrary) {
  const GitFixture git;
  const std::string other = git.path() + "-sha256";
  run_git(git.path(), "init -q --object-format=sha256 '" + other + "'");
  EXPECT_THAT(open_tree(other), fails_with(ErrorCode::kInvalidInput, "SHA-256"));
}

TEST(GitSourceTest, OriginIsToldWithoutCredentials) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  git.git("remote add origin https://ci:secret@git.example.com/org/shop.git");
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path()));
  EXPECT_EQ(tree->commit().origin, "https://git.example.com/org/shop");
}

TEST(GitSourceTest, LeavesOutWhatSourceignoreFilesName) {
  const GitFixture git;
  git.write("deploy/.sourceignore", "docs/\n*.txt\n!keep.txt\n");
  git.write("deploy/a.yaml", "1");
  git.write("deploy/note.txt", "1");
  git.write("deploy/keep.txt", "1");
  git.write("deploy/docs/a.yaml", "1");
  git.write("deploy/sub/.sourceignore", "/a.yaml\n!note.txt\n");
  git.write("deploy/sub/a.yaml", "1");
  git.write("deploy/sub/note.txt", "1");
  git.write("deploy/sub/deep/a.yaml", "1");
  git.write("deploy/logo.png", "1");
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy"));
  EXPECT_THAT(paths(*tree), ElementsAre(".sourceignore", "a.yaml", "keep.txt", "sub/.sourceignore",
                                        "sub/deep/a.yaml", "sub/note.txt"));
  ASSERT_OK_ASSIGN(const auto whole, tree->repository_part({""}));
  EXPECT_THAT(paths(*whole), ::testing::Contains("deploy/docs/a.yaml"));
  EXPECT_THAT(paths(*whole), ::testing::Contains("deploy/logo.png"));
}

TEST(GitSourceTest, NothingToDeliverIsAnError) {
  const GitFixture git;
  git.write("deploy/logo.png", "1");
  git.commit();
  EXPECT_THAT(open_tree(git.path(), "deploy"), fails_with(ErrorCode::kInvalidInput, "no file"));
}

TEST(GitSourceTest, FollowsLinksToFilesOfTheCommitOnly) {
  const GitFixture git;
  git.write("shared/a.yaml", "shared");
  git.write("deploy/real.yaml", "real");
  std::filesystem::create_symlink("../shared/a.yaml", git.path() + "/deploy/link.yaml");
  std::filesystem::create_symlink("link.yaml", git.path() + "/deploy/second.yaml");
  git.commit();
  {
    ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy"));
    EXPECT_THAT(paths(*tree), ElementsAre("link.yaml", "real.yaml", "second.yaml"));
    EXPECT_EQ(content(*tree, "second.yaml"), "shared");
    EXPECT_EQ(tree->files()[2].size, 6U);
  }
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"/etc/passwd", "leaves the repository"},
      {"../../outside.yaml", "leaves the repository"},
      {"missing.yaml", "leads to no file"},
      {"../shared", "links to directories"},
      {"loop.yaml", "more than 10"},
  };
  for (const auto& [target, message] : refused) {
    std::filesystem::remove(git.path() + "/deploy/loop.yaml");
    std::filesystem::create_symlink(target, git.path() + "/deploy/loop.yaml");
    git.commit();
    EXPECT_THAT(open_tree(git.path(), "deploy"), fails_with(ErrorCode::kInvalidInput, message));
    EXPECT_THAT(open_tree(git.path(), "deploy"), fails_with(ErrorCode::kInvalidInput, "loop.yaml"));
    ASSERT_OK_ASSIGN(const auto other, open_tree(git.path(), "shared"));
    EXPECT_OK(other->repository_part({""}));
  }
}

TEST(GitSourceTest, RefusesSubmodulesUnlessIgnored) {
  const GitFixture inner;
  inner.write("a.yaml", "1");
  inner.commit();
  const GitFixture git;
  git.write("deploy/a.yaml", "1");
  git.git("submodule --quiet add '" + inner.path() + "' deploy/inner");
  git.commit();
  EXPECT_THAT(open_tree(git.path(), "deploy"),
              fails_with(ErrorCode::kInvalidInput, "inner: is a submodule"));
  git.write("deploy/.sourceignore", "inner/\n");
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy"));
  EXPECT_THAT(paths(*tree), ElementsAre(".sourceignore", "a.yaml"));
}

TEST(GitSourceTest, RefusesNamesThatNoArchiveShouldHold) {
  for (const char* name : {"a\\b.yaml", "a\nb.yaml", "\xFF.yaml"}) {
    const GitFixture git;
    git.write(name, "1");
    git.commit();
    EXPECT_THAT(open_tree(git.path()), fails_with(ErrorCode::kInvalidInput, "rename the file"))
        << name;
  }
}

TEST(GitSourceTest, RefusesTreesThatGitWouldNotWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'100644 ..\\0'", "\"..\""},
      {"'100644 .\\0'", "\"..\""},
      {"'100644 a/../../b\\0'", "\"..\""},
  };
  for (const auto& [entry, message] : cases) {
    const GitFixture git;
    git.write("a.yaml", "1");
    git.commit();
    // git mktree checks names, so the tree's bytes are written by hand.
    const std::string tree =
        git.git("rev-parse HEAD:a.yaml >/dev/null; { printf " + entry +
                "; printf '\\126\\246\\005\\020\\126\\246\\005\\020\\126\\246\\005\\020'"
                "'\\126\\246\\005\\020\\126\\246\\005\\020'; } | "
                "git hash-object -t tree -w --literally --stdin");
    const std::string commit = git.git("commit-tree -m evil " + tree);
    EXPECT_THAT(open_tree(git.path(), "", commit), fails_with(ErrorCode::kInvalidInput, message))
        << entry;
  }
}

TEST(GitSourceTest, LimitsAreNamed) {
  const GitFixture git;
  git.write("a.yaml", "12345");
  git.write("b/c/d.yaml", "12345");
  git.commit();
  const auto with = [&](auto change) {
    SourceOptions options;
    options.location = {git.path(), ""};
    change(options.limits);
    return open_git_source(options, system_files());
  };
  EXPECT_OK(with([](SourceLimits&) {}));
  EXPECT_THAT(with([](SourceLimits& limits) { limits.max_files = 1; }),
              fails_with(ErrorCode::kInvalidInput, "more than 1 files"));
  EXPECT_THAT(with([](SourceLimits& limits) { limits.max_file_bytes = 4; }),
              fails_with(ErrorCode::kInvalidInput, "a.yaml: is larger than 4 bytes"));
  EXPECT_THAT(with([](SourceLimits& limits) { limits.max_total_bytes = 9; }),
              fails_with(ErrorCode::kInvalidInput, "larger than 9 bytes together"));
  EXPECT_THAT(with([](SourceLimits& limits) { limits.max_depth = 2; }),
              fails_with(ErrorCode::kInvalidInput, "deeper than 2"));
  EXPECT_THAT(with([](SourceLimits& limits) { limits.max_path_bytes = 8; }),
              fails_with(ErrorCode::kInvalidInput, "longer than 8"));
}

TEST(GitSourceTest, TheWholeRepositoryHasLimitsOfItsOwn) {
  const GitFixture git;
  git.write("a.yaml", "12345");
  git.write("deploy/a.yaml", "1");
  git.commit();
  const auto whole = [&](auto change) -> Result<std::unique_ptr<SourceTree>> {
    SourceOptions options;
    options.location = {git.path(), ""};
    options.path = "deploy";
    options.limits.max_files = 1;
    options.limits.max_file_bytes = options.limits.max_total_bytes = 1;
    change(options.limits);
    SEALIFT_ASSIGN(const auto tree, open_git_source(options, system_files()));
    return tree->repository_part({""});
  };
  EXPECT_OK(whole([](SourceLimits&) {}));
  EXPECT_THAT(whole([](SourceLimits& limits) { limits.max_repository_files = 1; }),
              fails_with(ErrorCode::kInvalidInput, "more than 1 files"));
  EXPECT_THAT(whole([](SourceLimits& limits) { limits.max_repository_bytes = 5; }),
              fails_with(ErrorCode::kInvalidInput, "larger than 5 bytes together"));
}

TEST(GitSourceTest, TheWholeRepositoryLeavesOutWhatNoneCanName) {
  const GitFixture git;
  git.write("deploy/a.yaml", "1");
  git.write("notes\\of\\somebody", "1");
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "deploy"));
  ASSERT_OK_ASSIGN(const auto whole, tree->repository_part({""}));
  EXPECT_THAT(paths(*whole), ElementsAre("deploy/a.yaml"));
}

TEST(GitSourceTest, APartOfTheRepositoryHasWhatLiesThereAlone) {
  const GitFixture git;
  git.write("base/a.yaml", "1");
  git.write("base/b/c.yaml", "1");
  git.write("based/d.yaml", "1");
  git.write("deploy/.sourceignore", "*");
  git.write("deploy/e.yaml", "1");
  git.write("f.yaml", "1");
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "base"));
  const auto part = [&](const std::vector<std::string>& wanted) {
    return paths(*tree->repository_part(wanted).value());
  };
  EXPECT_THAT(part({"base", "base/b", "f.yaml", "nowhere"}),
              ElementsAre("base/a.yaml", "base/b/c.yaml", "f.yaml"));
  EXPECT_THAT(part({"deploy"}), ElementsAre("deploy/.sourceignore", "deploy/e.yaml"));
  EXPECT_THAT(part({"", "base"}), testing::SizeIs(6));
  EXPECT_THAT(part({"nowhere"}), testing::IsEmpty());
  EXPECT_EQ(tree->read_in_repository("f.yaml", 1).value(), "1");
  EXPECT_EQ(tree->read_in_repository("base", 1).value(), std::nullopt);
  EXPECT_THAT(tree->read_in_repository("f.yaml", 0),
              fails_with(ErrorCode::kInvalidInput, "f.yaml has 1 bytes, and the limit is 0"));
}

}  // namespace
}  // namespace sealift::builder
