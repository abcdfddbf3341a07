// sealift check: manifests before they are published.
#include "cli_fixture.h"

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Put together here, so that no scanner takes this file for a leak.
const std::string kToken = std::string("ghp_") + "Zk3vQ9rT5wX7yB1nD4fH6jL8pS2uA0cE9gMq";

std::string bad_config_map(const std::string& name = "leak") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name +
         "\ndata:\n  token: " + kToken + "\n";
}

constexpr const char* kCronJob =
    "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: tidy}\n";

class CliCheck : public CliTest {
 protected:
  // What check says of these arguments with --json.
  std::vector<std::string> rules_found(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--json", "check"});
    const auto result = sealift(std::move(arguments));
    const auto json = parse_json(result.out, "the report");
    EXPECT_TRUE(json) << result.err;
    std::vector<std::string> rules;
    if (!json) return rules;
    for (const auto& finding : *json->find("findings")->as_array()) {
      rules.emplace_back(finding.string_at({"rule"}));
    }
    return rules;
  }
  std::string succeed_in(std::vector<std::string> arguments, const std::string& input) const {
    return succeed(std::move(arguments), with_input(input));
  }
};

TEST_F(CliCheck, FindsNothingWrongWithWhatIsGood) {
  EXPECT_EQ(succeed({"check", "--from", git().path()}),
            "1 object in 1 file: 0 errors, 0 warnings, 0 notes\n");
  files().write("good.yaml", kConfigMap);
  EXPECT_THAT(succeed({"check", "good.yaml"}), HasSubstr("1 object in 1 file: 0 errors"));
  EXPECT_THAT(succeed_in({"check", "-"}, std::string(kConfigMap)), HasSubstr("1 object in 1 file"));
}

TEST_F(CliCheck, SaysWhereAndWhatToDo) {
  files().write("deploy/leak.yaml", bad_config_map());
  files().write("deploy/below/old.yml", kCronJob);
  files().write("deploy/.hidden/x.yaml", "kind: Nonsense\n");
  files().write("deploy/notes.txt", "no manifest");
  const auto result = sealift({"check", "--kube-version", "1.30", "deploy"});
  EXPECT_THAT(result, ends_with(7, "2 of 2 findings are errors"));
  EXPECT_EQ(result.out,
            "deploy/below/old.yml:1:1: error removed-api: CronJob.batch tidy /apiVersion: "
            "batch/v1beta1 CronJob "
            "is not served any more since Kubernetes 1.25; use batch/v1\n"
            "deploy/leak.yaml:6:3: error plain-secret: ConfigMap leak /data/token: holds a "
            "personal access "
            "token of GitHub (ghp_…, 40 characters); revoke it, and read another one from a Secret "
            "that is not published\n"
            "2 objects in 2 files: 2 errors, 0 warnings, 0 notes\n");
}

TEST_F(CliCheck, ShowsNoSecretInAnyFormat) {
  files().write("leak.yaml", bad_config_map());
  files().write(
      "secret.yaml",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: " + kToken + "}\n");
  for (const std::string format : {"text", "json", "sarif", "junit", "code-quality"}) {
    const auto result = sealift({"check", "-o", format, "leak.yaml", "secret.yaml"});
    EXPECT_EQ(result.exit_code, 7) << format;
    EXPECT_THAT(result.out, AllOf(HasSubstr("plain-secret"), HasSubstr("secret-object"))) << format;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kToken.substr(4, 8)))) << format;
  }
}

TEST_F(CliCheck, ReadsTheCommitAndNotTheWorkTree) {
  git().write("deploy/prod/leak.yaml", bad_config_map());
  EXPECT_THAT(rules_found({"--from", git().path(), "--path", "deploy/prod"}), IsEmpty());
  EXPECT_THAT(rules_found({"--from", git().path(), "--worktree"}), ElementsAre("plain-secret"));
  git().commit("Leak");
  const Json json =
      *parse_json(sealift({"--json", "check", "--from", git().path(), "--path", "deploy"}).out, "");
  const auto& findings = *json.find("findings")->as_array();
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].string_at({"file"}), "deploy/prod/leak.yaml");
  EXPECT_THAT(rules_found({"--from", git().path() + "@HEAD~1"}), IsEmpty());
}

TEST_F(CliCheck, LooksAtWhatAKustomizationBecomes) {
  git().write("deploy/prod/leak.yaml", bad_config_map());
  git().write("deploy/prod/kustomization.yaml", "resources: [leak.yaml]\nnamePrefix: our-\n");
  git().commit("Kustomize");
  const auto result = sealift({"check", "--from", git().path(), "--path", "deploy/prod"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_THAT(result.out, HasSubstr("deploy/prod/manifests.yaml:3:3: error plain-secret: ConfigMap "
                                    "our-leak"));
  // From a directory nothing is rendered, and that is said.
  const auto plain = sealift({"check", git().path() + "/deploy/prod"});
  EXPECT_THAT(plain.err, HasSubstr("kustomization.yaml is not rendered here"));
}

TEST_F(CliCheck, GoesOnBehindABrokenFile) {
  git().write("deploy/prod/broken.yaml", "a: [\n");
  git().write("deploy/prod/leak.yaml", bad_config_map());
  git().write("deploy/prod/twice.yaml", kConfigMap);
  git().commit("Break");
  EXPECT_THAT(rules_found({"--from", git().path(), "--path", "deploy/prod"}),
              ElementsAre("invalid-manifest", "plain-secret", "duplicate-object"));
}

TEST_F(CliCheck, HeedsSeverities) {
  files().write("old.yaml", kCronJob);
  EXPECT_THAT(rules_found({"--kube-version", "1.24", "old.yaml"}), ElementsAre("deprecated-api"));
  succeed({"check", "--kube-version", "v1.24.3+k3s1", "old.yaml"});
  EXPECT_THAT(sealift({"check", "--kube-version", "1.24", "--severity", "deprecated-api=error",
                       "old.yaml"}),
              ends_with(7, "1 of 1 finding is an error"));
  succeed({"check", "--severity", "removed-api=note", "old.yaml"});
  EXPECT_THAT(rules_found({"--disable", "removed-api", "old.yaml"}), IsEmpty());
  files().write("secret.yaml",
                "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: x}\n");
  EXPECT_THAT(sealift({"check", "secret.yaml"}), ends_with(7, "is an error"));
  succeed({"check", "--allow-secrets", "secret.yaml"});
}

TEST_F(CliCheck, WritesTheReportIntoAFile) {
  files().write("old.yaml", kCronJob);
  const auto result =
      sealift({"check", "-o", "sarif", "--output-file", "report.sarif", "old.yaml"});
  EXPECT_EQ(result.exit_code, 7);
  // Whoever reads the job's log sees the findings as well.
  EXPECT_THAT(result.out, HasSubstr("old.yaml:1:1: error removed-api"));
  ASSERT_OK_ASSIGN(const Json sarif, parse_json(files().read("report.sarif"), "sarif"));
  const Json& run = sarif.find("runs")->as_array()->front();
  EXPECT_EQ(run.find("results")->as_array()->front().string_at({"ruleId"}), "removed-api");
  EXPECT_THAT(sealift({"check", "-q", "-o", "junit", "--output-file", "no/such/x", "old.yaml"}),
              ends_with(4, "writing the report"));
}

TEST_F(CliCheck, WritesXmlAndJsonThatOthersRead) {
  files().write("a&b.yaml", kCronJob);
  files().write("junit.xml", sealift({"check", "-o", "junit", "a&b.yaml"}).out);
  EXPECT_EQ(run_well({"python3", "-c",
                      "import xml.etree.ElementTree as t; r = t.parse('junit.xml').getroot(); "
                      "print([c.get('classname') for c in r.iter('testcase') "
                      "if c.find('failure') is not None])"}),
            "['a&b.yaml']\n");
  const auto quality = sealift({"check", "-o", "code-quality", "a&b.yaml"}).out;
  ASSERT_OK_ASSIGN(const Json issues, parse_json(quality, "issues"));
  ASSERT_THAT(*issues.as_array(), SizeIs(1));
  EXPECT_EQ(issues.as_array()->front().string_at({"location", "path"}), "a&b.yaml");
  EXPECT_THAT(std::string(issues.as_array()->front().string_at({"fingerprint"})), SizeIs(64));
}

// A directory of schemas as Kubernetes' repository names them, for one kind.
TEST_F(CliCheck, HoldsObjectsAgainstSchemasOfADirectory) {
  files().write("schemas/apis__apps__v1_openapi.json",
                R"({"components": {"schemas": {"Deployment": {"type": "object",
                "x-kubernetes-group-version-kind":
                  [{"group": "apps", "version": "v1", "kind": "Deployment"}],
                "properties": {"apiVersion": {}, "kind": {}, "metadata": {},
                  "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}}}}}}})");
  files().write("web.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
                "  replica: 3\n  replicas: three\n");
  succeed({"check", "web.yaml"});
  const auto result = sealift({"check", "--schemas", "schemas", "web.yaml"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.out,
            "web.yaml:5:3: error unknown-field: Deployment.apps web /spec/replica: there is no "
            "field \"replica\" here; is it \"replicas\"?\n"
            "web.yaml:6:3: error schema: Deployment.apps web /spec/replicas: must be an integer, "
            "and is a string\n"
            "1 object in 1 file: 2 errors, 0 warnings, 0 notes\n");
  files().write("map.yaml", kConfigMap);
  EXPECT_THAT(rules_found({"--schemas", "schemas", "map.yaml"}), ElementsAre("no-schema"));
  std::filesystem::create_directory(directory() + "/empty");
  EXPECT_THAT(sealift({"check", "--schemas", "empty", "map.yaml"}),
              ends_with(7, "empty holds no schemas; \"sealift schemas fetch\" stores"));
  EXPECT_THAT(sealift({"check", "--schemas", "missing", "map.yaml"}),
              ends_with(4, "reading the schemas"));
  files().write("schemas/api__v1_openapi.json", "{}");
  EXPECT_THAT(sealift({"check", "--schemas", "schemas", "map.yaml"}),
              ends_with(7, "api__v1_openapi.json is no OpenAPI v3 document"));
}

TEST_F(CliCheck, KnowsTheDefinitionsOfACommit) {
  git().write("deploy/prod/definition.yaml",
              "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
              "metadata: {name: widgets.example.com}\nspec: {group: example.com, "
              "names: {kind: Widget}, versions: [{name: v1, served: true, schema: "
              "{openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: "
              "{size: {type: integer}}}}}}}]}\n");
  git().write("deploy/prod/widget.yaml",
              "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n"
              "spec: {size: big}\n");
  git().commit("Define");
  EXPECT_THAT(rules_found({"--from", git().path(), "--path", "deploy/prod"}),
              ElementsAre("schema"));
}

TEST_F(CliCheck, SaysWhatItCannotDo) {
  EXPECT_THAT(sealift({"check"}), ends_with(4, "no files are named, so the project of . is meant"));
  EXPECT_THAT(sealift({"check", "a.yaml", "--from", "."}), ends_with(2, "--from"));
  EXPECT_THAT(sealift({"check", "--path", "x", "a.yaml"}), ends_with(2, "--path"));
  EXPECT_THAT(sealift({"check", "--disable", "nonsense", "."}),
              ends_with(2, "there is no rule \"nonsense\", but invalid-manifest"));
  EXPECT_THAT(
      sealift({"check", "--severity", "image-tag=loud", "."}),
      ends_with(2, "the severity of image-tag must be error, warning, note or off, not \"loud\""));
  EXPECT_THAT(sealift({"check", "--kube-version", "new", "."}),
              ends_with(2, "\"new\" is no version of Kubernetes"));
  EXPECT_THAT(sealift({"check", "-o", "yaml", "."}), ends_with(2, "yaml"));
  EXPECT_THAT(sealift({"check", "missing.yaml"}), ends_with(4, "missing.yaml"));
  std::filesystem::create_directory(directory() + "/empty");
  EXPECT_THAT(sealift({"check", "empty"}), ends_with(7, "there is no Kubernetes object in any"));
}

}  // namespace
}  // namespace sealift::test
