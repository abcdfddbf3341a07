// One commit from which many directories are taken, and whether two commits give the same.
#include <sealift/base/file_system.h>
#include <sealift/builder/inputs.h>
#include <sealift/builder/snapshot.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <filesystem>

#include "git_fixture.h"
#include "opened_tree.h"

namespace sealift::builder {
namespace {

using namespace test;
using sealift::test::fails_with;
using sealift::test::GitFixture;
using testing::ElementsAre;

Snapshot open_snapshot(const std::string& repository, const std::string& revision = "",
                       bool worktree = false) {
  SnapshotOptions options;
  options.location = {repository, revision};
  options.worktree = worktree;
  return Snapshot::open(options, system_files()).value();
}

TEST(SnapshotTest, GivesDirectoriesAndFilesBelowTheLocation) {
  const GitFixture git;
  git.write("team/a/x.yaml", "1");
  git.write("team/sealift.yaml", "2");
  git.write("b/y.yaml", "3");
  git.commit();
  Snapshot all = open_snapshot(git.path());
  ASSERT_OK_ASSIGN(const auto tree, all.tree("team/a", {}));
  EXPECT_THAT(paths(*tree), ElementsAre("x.yaml"));
  EXPECT_EQ(all.read_file("team/sealift.yaml", 1).value(), "2");
  Snapshot team = open_snapshot(git.path() + "/team");
  EXPECT_EQ(team.read_file("sealift.yaml", 1).value(), "2");
  ASSERT_OK_ASSIGN(const auto a, team.tree("a", {}));
  EXPECT_EQ(a->path(), "team/a");
  EXPECT_THAT(team.read_file("nothing", 1),
              fails_with(ErrorCode::kNotFound, "has no file team/nothing"));
  EXPECT_THAT(team.read_file("a", 1), fails_with(ErrorCode::kNotFound, "has no file team/a"));
  EXPECT_THAT(team.read_file("sealift.yaml", 0),
              fails_with(ErrorCode::kInvalidInput, "the limit is 0"));
  EXPECT_THAT(
      team.read_file("../../x", 1),
      fails_with(ErrorCode::kInvalidInput, "the file ../../x: the path leaves the repository"));
}

TEST(SnapshotTest, ReadsAFileThroughALinkWithinTheRepository) {
  const GitFixture git;
  git.write("real", "1");
  std::filesystem::create_symlink("real", git.path() + "/link");
  std::filesystem::create_symlink("/etc/passwd", git.path() + "/out");
  git.commit();
  for (const bool worktree : {false, true}) {
    Snapshot snapshot = open_snapshot(git.path(), "", worktree);
    EXPECT_EQ(snapshot.read_file("link", 1).value(), "1");
    EXPECT_THAT(snapshot.read_file("out", 1 << 20), fails_with(ErrorCode::kInvalidInput, "out"));
  }
}

TEST(SnapshotTest, OpensTheSameCommitAgainAfterHeadHasMoved) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  const Snapshot first = open_snapshot(git.path(), "main");
  git.write("a.yaml", "2");
  git.commit();
  ASSERT_OK_ASSIGN(auto again, first.open_again());
  EXPECT_EQ(again.commit().revision(), first.commit().revision());
  EXPECT_EQ(again.read_file("a.yaml", 1).value(), "1");
  ASSERT_OK_ASSIGN(auto other, first.open_other("main"));
  EXPECT_EQ(other.read_file("a.yaml", 1).value(), "2");
  EXPECT_THAT(first.open_other("nothing"), fails_with(ErrorCode::kNotFound, "nothing"));
  EXPECT_THAT(open_snapshot(git.path(), "", true).open_again(),
              fails_with(ErrorCode::kInvalidInput, "twice"));
}

TEST(SnapshotTest, KnowsWhatTheCloneCallsTheCommit) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  git.git("tag v1");
  EXPECT_EQ(open_snapshot(git.path()).commit().branch, "main");
  EXPECT_EQ(open_snapshot(git.path()).commit().name, "");
  EXPECT_EQ(open_snapshot(git.path(), "v1").commit().tag, "v1");
  EXPECT_EQ(open_snapshot(git.path(), "v1").commit().branch, "");
  git.git("checkout -q --detach");
  EXPECT_EQ(open_snapshot(git.path()).commit().branch, "");
}

project::PlannedArtifact plain_plan() {
  return {.name = "a", .path = {}, .destination = oci::Reference::parse("oci-layout:a").value()};
}

// The digest of the inputs of `path` in HEAD.
std::string inputs_of(const GitFixture& git, const std::string& path) {
  const auto tree = open_tree(git.path(), path).value();
  return digest_inputs(*tree, plain_plan(), "").value().to_string();
}

TEST(InputsTest, ChangeWithWhatIsReadAndWithNothingElse) {
  const GitFixture git;
  git.write("plain/a.yaml", "1");
  git.write("base/kustomization.yaml", "resources: [b.yaml]\n");
  git.write("base/b.yaml", "1");
  git.write("overlay/kustomization.yaml", "resources: [../base]\n");
  git.write("other/c.yaml", "1");
  git.commit();
  const std::string plain = inputs_of(git, "plain");
  const std::string overlay = inputs_of(git, "overlay");
  git.write("other/c.yaml", "2");
  git.commit();
  EXPECT_EQ(inputs_of(git, "plain"), plain);
  EXPECT_EQ(inputs_of(git, "overlay"), overlay);
  git.write("base/b.yaml", "2");
  git.commit();
  EXPECT_EQ(inputs_of(git, "plain"), plain);
  EXPECT_NE(inputs_of(git, "overlay"), overlay) << "a base lies beside the path";
  git.write("plain/.sourceignore", "x");
  git.commit();
  EXPECT_NE(inputs_of(git, "plain"), plain);
}

TEST(InputsTest, FollowLinksOutOfTheDirectory) {
  const GitFixture git;
  git.write("shared.yaml", "1");
  std::filesystem::create_directory(git.path() + "/plain");
  std::filesystem::create_symlink("../shared.yaml", git.path() + "/plain/a.yaml");
  git.commit();
  const std::string before = inputs_of(git, "plain");
  git.write("shared.yaml", "2");
  git.commit();
  EXPECT_NE(inputs_of(git, "plain"), before);
}

TEST(InputsTest, OfAWorkTreeHaveNoNames) {
  const GitFixture git;
  git.write("a.yaml", "1");
  git.commit();
  ASSERT_OK_ASSIGN(const auto tree, open_tree(git.path(), "", "", true));
  EXPECT_THAT(digest_inputs(*tree, plain_plan(), ""),
              fails_with(ErrorCode::kInvalidInput, "work tree"));
}

}  // namespace
}  // namespace sealift::builder
