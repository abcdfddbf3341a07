// sealift diff: what may be compared, what is printed, and what the exit code says.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDeployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n"
    "  replicas: 3\n  template: {spec: {containers: [{name: web, image: 'shop/web:1'}]}}\n";

class CliDiff : public CliTest {
 protected:
  CliDiff() {
    push("oci-layout:out:v1");
    git().write("deploy/prod/web.yaml", kDeployment);
    git().write("deploy/prod/settings.yaml", changed_settings());
    git().commit("Add the shop");
  }

  static std::string changed_settings() {
    std::string changed(kConfigMap);
    return changed.replace(changed.find("blue"), 4, "teal");
  }
  std::string commit(const std::string& revision = "") const {
    return "git:" + git().path() + (revision.empty() ? "" : "@" + revision);
  }
  ProcessResult diff(std::vector<std::string> arguments, ProcessOptions options = {}) const {
    arguments.insert(arguments.begin(), "diff");
    return sealift(std::move(arguments), std::move(options));
  }
  // Commits against each other, at deploy/prod.
  ProcessResult diff_commits(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {commit("HEAD~1"), commit(), "--path", "deploy/prod"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return diff(std::move(arguments));
  }
};

TEST_F(CliDiff, AnArtifactAndTheCommitItWasMadeOf) {
  const auto same = diff({"oci-layout:out:v1", commit("HEAD~1"), "--path", "deploy/prod"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(same.out, "no differences in 1 object\n");
  const auto other = diff({"oci-layout:out:v1", commit(), "--path", "deploy/prod"});
  EXPECT_EQ(other.exit_code, 1) << other.err;
  EXPECT_THAT(other.out, AllOf(HasSubstr("--- oci-layout:out:v1@sha256:"),
                               HasSubstr("deploy/prod at sha1:" + git().git("rev-parse HEAD")),
                               HasSubstr("changed  ConfigMap settings\n"
                                         "  - /data/colour  blue\n"
                                         "  + /data/colour  teal\n"),
                               HasSubstr("added    Deployment.apps shop/web\n"),
                               HasSubstr("1 changed, 1 added, 0 removed, 0 unchanged\n")));
  EXPECT_THAT(other.err, HasSubstr("no signature was checked"));
}

TEST_F(CliDiff, ARegistryAnArchiveAndALayout) {
  const RegistryServer server("distribution");
  const std::string reference = "oci://" + server.address() + "/team/shop:v2";
  push(reference, {"--plain-http"});
  succeed({"copy", "oci-layout:out:v1", "oci-archive:stick.tar"});
  EXPECT_THAT(diff({"oci-archive:stick.tar:v1", reference, "--plain-http"}),
              testing::Field(&ProcessResult::exit_code, 1));
  EXPECT_EQ(diff({"oci-archive:stick.tar:v1", "oci-layout:out:v1"}).exit_code, 0);
}

TEST_F(CliDiff, WithAKeyOnlyWhatItSigned) {
  make_key("a");
  make_key("b");
  push("oci-layout:out:v2", {"--sign", "a.key"});
  const auto checked = diff({"oci-layout:out:v2", "oci-layout:out:v2", "--key", "a.pub"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_EQ(checked.err, "");
  EXPECT_EQ(diff({"oci-layout:out:v2", "oci-layout:out:v2", "--key", "b.pub"}).exit_code, 3);
  EXPECT_EQ(diff({"oci-layout:out:v2", "oci-layout:out:v1", "--key", "a.pub"}).exit_code, 3);
}

TEST_F(CliDiff, FilesDirectoriesTheWorktreeAndStandardInput) {
  succeed({"pull", "oci-layout:out:v1", "-o", "old"});
  EXPECT_EQ(diff({"oci-layout:out:v1", "old"}).exit_code, 0);
  EXPECT_EQ(diff({"old", "old/settings.yaml"}).exit_code, 0);
  EXPECT_EQ(diff({"-", "old"}, with_input(std::string(kConfigMap))).exit_code, 0);
  EXPECT_EQ(diff({"-", "old"}, with_input(changed_settings())).exit_code, 1);
  EXPECT_EQ(diff({commit(), "worktree:" + git().path(), "--path", "deploy/prod"}).exit_code, 0);
  git().write("deploy/prod/settings.yaml", kConfigMap);
  const auto edited = diff({commit(), "worktree:" + git().path(), "--path", "deploy/prod"});
  EXPECT_EQ(edited.exit_code, 1);
  EXPECT_THAT(edited.out, HasSubstr("-dirty"));
}

TEST_F(CliDiff, AKustomizationIsRendered) {
  git().write("deploy/prod/kustomization.yaml", "namePrefix: shop-\nresources: [settings.yaml]\n");
  git().commit("Add a kustomization");
  const std::string parts = test_part("kustomize");
  const auto result =
      diff({commit("HEAD~1"), commit(), "--path", "deploy/prod"},
           with_environment({{"PATH", parts.substr(0, parts.rfind('/')) + ":/usr/bin:/bin"}}));
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("added    ConfigMap shop-settings"));
  EXPECT_THAT(diff({git().path() + "/deploy/prod", git().path() + "/deploy/prod"}),
              ends_with(7, "a kustomization is no manifest"));
}

TEST_F(CliDiff, JsonForScripts) {
  const auto result = diff_commits({"--json"});
  EXPECT_EQ(result.exit_code, 1);
  const auto json = parse_json(result.out, "the output");
  ASSERT_OK(json);
  EXPECT_EQ(dump_json(*json->find("differs")), "true");
  EXPECT_EQ(dump_json(*json->find("summary")),
            R"({"changed":1,"added":1,"removed":0,"unchanged":0})");
  EXPECT_EQ(diff_commits({"-o", "json"}).out, result.out);
  const auto same = diff({commit(), commit(), "--path", "deploy/prod", "--json"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_THAT(same.out, HasSubstr("\"differs\": false"));
  EXPECT_EQ(diff_commits({"--quiet"}).out, "");
  EXPECT_EQ(diff_commits({"--quiet"}).exit_code, 1);
}

TEST_F(CliDiff, MarkdownForMergeRequests) {
  std::string changed(kDeployment);
  changed.replace(changed.find("replicas: 3"), 11, "replicas: 0");
  git().write("deploy/prod/web.yaml", changed);
  git().commit("Close the shop");
  const auto result = diff_commits({"--output", "markdown"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.out,
      AllOf(testing::StartsWith("**1 changed, 0 added, 0 removed, 1 unchanged**"),
            HasSubstr("| high | <code>Deployment.apps shop/web</code> | nothing of it runs"),
            HasSubstr("```diff\n- /spec/replicas  3\n+ /spec/replicas  0\n```")));
}

TEST_F(CliDiff, ValuesOfSecretsAppearNowhere) {
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\n";
  files().write("old.yaml", head + "stringData: {password: hunter2}\n");
  files().write("new.yaml", head + "data: {password: Y29ycmVjdCBob3JzZQ==}\n");
  files().write("none.yaml", kConfigMap);
  for (const auto* before : {"old.yaml", "new.yaml", "none.yaml"}) {
    for (const auto* after : {"old.yaml", "new.yaml", "none.yaml"}) {
      for (const auto* format : {"text", "json", "markdown"}) {
        const auto result = diff({before, after, "-o", format});
        for (const auto* value : {"hunter2", "aHVudGVyMg", "correct horse", "Y29ycmVjdCBob3JzZQ"}) {
          EXPECT_THAT(result.out + result.err, Not(HasSubstr(value))) << before << after << format;
        }
      }
    }
  }
  EXPECT_THAT(diff({"old.yaml", "new.yaml"}).out,
              HasSubstr("  - /data/password  (sensitive, 7 bytes)\n"
                        "  + /data/password  (sensitive, changed, 13 bytes)\n"));
}

TEST_F(CliDiff, AnErrorIsNeverADifference) {
  files().write("broken.yaml", "kind: [");
  files().write("web.yaml", kDeployment);
  EXPECT_THAT(diff({"web.yaml", "missing.yaml"}), ends_with(4, "missing.yaml"));
  EXPECT_THAT(diff({"web.yaml", "broken.yaml"}), ends_with(7, "broken.yaml:"));
  EXPECT_THAT(diff({"web.yaml", "oci-layout:out:nothing"}), ends_with(4, "nothing"));
  // Nothing to compare is not the same as no difference.
  files().write("empty/notes.txt", "nothing");
  EXPECT_THAT(diff({"empty", "empty"}), ends_with(7, "no .yaml, .yml or .json file"));
  files().write("chart.tgz", "no manifest");
  run_well({test_part("oras"), "push", "--oci-layout", "charts:v1", "chart.tgz"});
  EXPECT_THAT(diff({"oci-layout:charts:v1", "oci-layout:charts:v1"}),
              ends_with(7, "helm template"));
  EXPECT_THAT(diff({"web.yaml", "oci-layout:out"}), ends_with(2, "neither a tag nor a digest"));
  EXPECT_THAT(diff({"web.yaml", "https://example.com/a"}), ends_with(2, "oci://"));
  EXPECT_THAT(diff({"live:", "live:"}), ends_with(2, "both sides are the cluster"));
  EXPECT_THAT(diff({"live:shop", "web.yaml"}), ends_with(2, "--kubeconfig"));
  EXPECT_THAT(diff({"-", "-"}), ends_with(2, "standard input"));
  EXPECT_THAT(diff({"web.yaml", "web.yaml", "--path", "a"}), ends_with(2, "--path"));
  EXPECT_THAT(diff({"web.yaml"}), ends_with(2, "after"));
  // What is 1 elsewhere: this machine failed.
  const auto full =
      run({"bash", "-c", "\"$0\" diff web.yaml web.yaml > /dev/full", SEALIFT_PROGRAM});
  EXPECT_THAT(full, ends_with(2, "standard output"));
}

TEST_F(CliDiff, VariablesAreCompared) {
  files().write("a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '${N}'}\ndata: {a: b}\n");
  files().write("b.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '${N}'}\ndata: {a: c}\n");
  EXPECT_THAT(diff({"a.yaml", "b.yaml"}).out, HasSubstr("changed  ConfigMap ${N}"));
  EXPECT_THAT(diff({"a.yaml", "live:"}), ends_with(7, "a.yaml"));
}

}  // namespace
}  // namespace sealift::test
