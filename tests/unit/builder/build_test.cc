#include "git_fixture.h"

#include <sealift/builder/build.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

namespace sealift::builder {
namespace {

using ::sealift::test::GitFixture;
using ::sealift::test::run_git;

// The example application as one commit whose name is the same on every machine.
void add_example(const GitFixture& git) {
  std::filesystem::copy(std::string(SEALIFT_SOURCE_DIR) + "/examples/shop/deploy",
                        git.path() + "/deploy", std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(git.path())) {
    if (entry.is_regular_file()) {
      std::filesystem::permissions(entry.path(), std::filesystem::perms(0644));
    }
  }
}

class BuildTest : public ::testing::Test {
 protected:
  Result<Built> run(const std::string& repository, const std::string& path) {
    BuildOptions options;
    options.source.location = {repository, ""};
    options.source.path = path;
    options.artifact.source = "https://git.example.com/shop";
    options.artifact.version = "1.4.2";
    return build(options, {system_files(), system_random(), temporary_.path(), ""}, {});
  }

  test::TempDirectory temporary_;
};

// Every number here is a promise: a commit that was published once must give the same digest with
// every later version of this program. Only a change of the example itself may change them.
TEST_F(BuildTest, TheExampleHasThisDigestForEver) {
  const GitFixture git;
  add_example(git);
  EXPECT_EQ(git.commit("Add the shop"), "56f117f8309f94347d9600e81163a2f34e2f53ba");
  ASSERT_OK_ASSIGN(const Built built, run(git.path(), "deploy/prod"));
  EXPECT_EQ(built.objects, 9U);
  EXPECT_EQ(built.files, 6U);
  EXPECT_EQ(built.artifact.content.diff_id.to_string(),
            "sha256:d59c7d54f622632b76a0604ea57e022572efa0bd03d6f5d061c706e6fcd14c1e");
  EXPECT_EQ(built.artifact.layer.digest.to_string(),
            "sha256:d050e8711f541de5cf50dc80dd4f4402afc831d28b3fdfbac2435158c73cb937");
  EXPECT_EQ(built.artifact.manifest.digest.to_string(),
            "sha256:4d99f0230547a30abd61275dac5f082154272a29fddfffe686b21a303ac53df5");
}

TEST_F(BuildTest, TwoClonesOnDifferentMachinesGiveTheSameDigest) {
  const GitFixture git;
  add_example(git);
  git.commit("Add the shop");
  ASSERT_OK_ASSIGN(const Built here, run(git.path(), "deploy/prod"));

  const std::string bare = git.path() + "-bare.git";
  run_git(git.path(), "clone -q --bare . '" + bare + "'");
  ASSERT_OK_ASSIGN(const Built in_bare, run(bare, "deploy/prod"));
  EXPECT_EQ(in_bare.artifact.manifest.digest, here.artifact.manifest.digest);

  // Another umask, time zone and locale, line ends converted, another address, a detached HEAD,
  // objects packed, and a work tree that was changed.
  const mode_t mask = ::umask(0077);
  ::setenv("TZ", "Pacific/Auckland", 1);
  ::tzset();
  std::setlocale(LC_ALL, "C.UTF-8");
  const std::string other = git.path() + "-other";
  run_git(git.path(), "clone -q -c core.autocrlf=true . '" + other + "'");
  run_git(other, "remote set-url origin https://ci:token@mirror.example.com/shop.git");
  run_git(other, "checkout -q --detach");
  run_git(other, "repack -q -a -d");
  std::filesystem::permissions(other + "/deploy/prod/web.yaml", std::filesystem::perms(0777));
  std::filesystem::remove(other + "/deploy/prod/ingress.yaml");
  const auto there = run(other, "deploy/prod");
  ::umask(mask);
  ::unsetenv("TZ");
  ::tzset();
  std::setlocale(LC_ALL, "C");
  ASSERT_OK(there);
  EXPECT_EQ(there->artifact.manifest.digest, here.artifact.manifest.digest);
  EXPECT_EQ(there->commit.origin, "https://mirror.example.com/shop");
}

TEST_F(BuildTest, AnotherCommitGivesAnotherDigest) {
  const GitFixture git;
  add_example(git);
  git.commit("Add the shop");
  ASSERT_OK_ASSIGN(const Built before, run(git.path(), "deploy/prod"));
  git.git("commit -q --allow-empty -m 'Change nothing'");
  ASSERT_OK_ASSIGN(const Built after, run(git.path(), "deploy/prod"));
  EXPECT_NE(after.artifact.manifest.digest, before.artifact.manifest.digest);
  EXPECT_EQ(after.artifact.layer, before.artifact.layer) << "the content is the same";
}

}  // namespace
}  // namespace sealift::builder
