// sealift rebuild: the same bytes from the same commit, or what is different.
#include "cli_fixture.h"

#include <support/registry_server.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliRebuild : public CliTest {
 protected:
  void project(const std::string& artifacts) const {
    git().write("sealift.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n" + artifacts);
    git().commit("List the artifacts");
  }
  ProcessResult rebuild(const std::string& reference, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"rebuild", reference, "--from", git().path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(std::move(arguments));
  }
};

TEST_F(CliRebuild, ProvesThatAnArtifactIsItsCommit) {
  const RegistryServer server("distribution");
  const std::string reference = "oci://" + server.address() + "/shop:v1";
  make_key("a");
  const std::string digest =
      push(reference, {"--plain-http", "--sign", "a.key", "--annotation", "team=a", "--sequence",
                       "5", "--artifact-version", "1.0", "--source", "https://git.example/shop"});
  const std::string commit = git().git("rev-parse HEAD");
  git().write("deploy/prod/settings.yaml", "changed");
  git().commit("Go on");
  const auto proven =
      rebuild(reference, {"--path", "deploy/prod", "--plain-http", "--key", "a.pub"});
  EXPECT_EQ(proven.exit_code, 0) << proven.err;
  EXPECT_THAT(proven.out,
              HasSubstr("same      " + digest + " is what the commit " + commit + " gives"));
  const Json json = succeed_json(
      {"rebuild", reference, "--from", git().path(), "--path", "deploy/prod", "--plain-http"});
  EXPECT_EQ(json.string_at({"rebuilt"}), digest);
  EXPECT_EQ(json.find("differences")->as_array()->size(), 0u);
}

TEST_F(CliRebuild, FindsTheEntryOfAProject) {
  project(
      "  - name: shop-${env}\n    path: deploy/prod\n    destination: oci-layout:reg\n"
      "    tags: ['${env}']\n    annotations: {at: '${branch}'}\n    matrix: {env: [dev, prod]}\n"
      "  - name: other\n    path: deploy/prod\n    destination: oci-layout:other\n");
  succeed({"push", "--from", git().path() + "@main"});
  EXPECT_EQ(rebuild("oci-layout:reg:prod").exit_code, 0);
  EXPECT_EQ(rebuild("oci-layout:other:latest").exit_code, 0);
  succeed({"copy", "oci-layout:reg:prod", "oci-layout:elsewhere:prod"});
  EXPECT_THAT(rebuild("oci-layout:elsewhere:prod"),
              ends_with(4,
                        "has no artifact for oci-layout:elsewhere:prod; name its entry with "
                        "--only"));
  EXPECT_EQ(rebuild("oci-layout:elsewhere:prod", {"--only", "shop-prod"}).exit_code, 0);
  succeed({"tag", "oci-layout:reg:prod", "stable"});
  EXPECT_THAT(rebuild("oci-layout:reg:stable"), ends_with(4, "no artifact for"));
  EXPECT_EQ(rebuild("oci-layout:reg:prod", {"--path", "deploy/prod"}).exit_code, 0)
      << "a path takes the published words";
}

TEST_F(CliRebuild, ShowsTheFirstDifferenceAndItsLikelyCause) {
  git().write("deploy/other/settings.yaml",
              "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n"
              "  colour: red\n");
  git().write("deploy/other/more.txt", "more");
  git().commit("Another one");
  push("oci-layout:reg:v1");
  const auto other = rebuild("oci-layout:reg:v1", {"--path", "deploy/other"});
  EXPECT_THAT(other, ends_with(3,
                               "\n  settings.yaml:6: published   colour: blue, rebuilt   "
                               "colour: red\n"));
  EXPECT_THAT(other.err, AllOf(HasSubstr("\n  more.txt: only in what was built now\n"),
                               HasSubstr("\n  likely cause: another path")));
}

TEST_F(CliRebuild, RefusesWhatNoCommitGives) {
  git().write("deploy/prod/settings.yaml", std::string(kConfigMap) + "# changed\n");
  succeed({"push", "oci-layout:reg:dirty", "--from", git().path(), "--path", "deploy/prod",
           "--worktree"});
  EXPECT_THAT(rebuild("oci-layout:reg:dirty", {"--path", "deploy/prod"}),
              ends_with(7, "it was built from a work tree with changes"));
  succeed({"push", "oci-layout:reg:named", "--from", git().path(), "--path", "deploy/prod",
           "--revision", "v1"});
  EXPECT_THAT(rebuild("oci-layout:reg:named", {"--path", "deploy/prod"}),
              ends_with(7, "its revision v1 is no commit"));
  push("oci-layout:reg:v1");
  EXPECT_THAT(rebuild("oci-layout:reg:v1"), ends_with(4, "has no file sealift.yaml"));
  EXPECT_THAT(sealift({"rebuild", "oci-layout:reg:v1", "--from", git().path() + "@main", "--path",
                       "deploy/prod"}),
              ends_with(7, "name the repository alone"));
  run_well({"git", "init", "--quiet", "empty"});
  EXPECT_THAT(sealift({"rebuild", "oci-layout:reg:v1", "--from", "empty", "--path", "deploy"}),
              ends_with(4, "the repository has no revision"));
  EXPECT_THAT(rebuild("oci-layout:reg:v1", {"--path", "a", "--only", "b"}), ends_with(2, "--only"));
}

}  // namespace
}  // namespace sealift::test
