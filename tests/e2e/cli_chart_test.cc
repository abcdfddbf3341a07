// Helm charts in sealift.yaml: rendered as helm renders them, or published as helm installs them.
#include "cli_fixture.h"

#include <sealift/objects/member_order.h>
#include <sealift/objects/object.h>
#include <sealift/objects/yaml.h>

#include <support/registry_server.h>
#include <support/test_part.h>

#include <filesystem>
#include <map>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kConfig =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-settings\n"
    "  namespace: {{ .Release.Namespace }}\n"
    "data:\n"
    "  kube: {{ .Capabilities.KubeVersion.Version | quote }}\n"
    "  monitoring: {{ .Capabilities.APIVersions.Has \"monitoring.coreos.com/v1\" | quote }}\n"
    "  env: {{ .Values.env | quote }}\n"
    "  size: {{ .Values.size | quote }}\n"
    "  text: {{ .Files.Get \"files/motd.txt\" | quote }}\n"
    "  secret: {{ (lookup \"v1\" \"Secret\" \"a\" \"b\") | toJson | quote }}\n"
    "  shared: {{ include \"common.text\" . | quote }}\n"
    "  yes: \"0123\"\n";

class CliChart : public CliTest {
 protected:
  CliChart() {
    chart("common", "type: library\n");
    git().write("charts/common/templates/_text.tpl",
                "{{- define \"common.text\" }}of {{ .Chart.Name }}{{ end }}\n");
    chart("cache", "");
    git().write("charts/cache/templates/cache.yaml", config_map("{{ .Release.Name }}-cache"));
    chart("shop",
          "description: A shop\n"
          "dependencies:\n"
          "  - {name: common, version: 0.1.0, repository: \"file://../common\"}\n"
          "  - {name: vendored, version: 0.1.0, repository: \"https://charts.example\"}\n"
          "  - {name: cache, version: 0.1.0, repository: \"file://../cache\", condition: "
          "cache.enabled}\n");
    git().write("charts/shop/values.yaml", "env: none\nsize: 1\ncache: {enabled: false}\n");
    git().write("charts/shop/files/motd.txt", "hello\n");
    git().write("charts/shop/.helmignore", "*.bak\nold/\n");
    git().write("charts/shop/templates/settings.yaml", kConfig);
    git().write("charts/shop/templates/broken.yaml.bak", "{{ nothing }}");
    git().write("charts/shop/old/notes.txt", "old");
    git().write("charts/shop/templates/hooks.yaml",
                hook("migrate", "pre-upgrade") + "---\n" + hook("try", "test"));
    git().write("charts/shop/crds/definition.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                "metadata: {name: things.example.com}\nspec:\n  group: example.com\n"
                "  scope: Namespaced\n  names: {kind: Thing, plural: things}\n"
                "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: "
                "{type: object}}}]\n");
    git().write("charts/shop/charts/vendored/Chart.yaml",
                "apiVersion: v2\nname: vendored\nversion: 0.1.0\n");
    git().write("charts/shop/charts/vendored/templates/a.yaml",
                config_map("{{ .Release.Name }}-vendored"));
    git().write("prod.yaml", "size: 20\ncache: {enabled: true}\n");
  }

  static std::string config_map(const std::string& name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"" + name + "\"}\n";
  }
  static std::string hook(const std::string& name, const std::string& when) {
    return "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: " + name +
           "\n  annotations: {helm.sh/hook: " + when +
           "}\nspec: {template: {spec: {containers: "
           "[{name: a, image: a}], restartPolicy: Never}}}\n";
  }
  void chart(const std::string& name, const std::string& more) const {
    git().write("charts/" + name + "/Chart.yaml",
                "apiVersion: v2\nname: " + name + "\nversion: 0.1.0\n" + more);
  }
  // Commits a project with one artifact "shop" of the chart and these lines.
  void project(const std::string& lines, const std::string& destination = "oci-layout:reg") const {
    git().write("sealift.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n"
                "  - name: shop\n    path: charts/shop\n    destination: " +
                    destination + "\n" + lines);
    git().commit("Change the project");
  }
  ProcessResult push(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"push", "--from", git().path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(std::move(arguments), with_helm());
  }
  static ProcessOptions with_helm() {
    const auto directory = std::filesystem::path(test_part("helm")).parent_path().string();
    return with_environment({{"PATH", directory + ":/usr/bin:/bin"}});
  }
  // What was pushed, as one text.
  std::string manifests() const {
    const auto result = push();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    succeed({"pull", "oci-layout:reg:latest", "--output", "pulled"});
    auto text = files().read("pulled/manifests.yaml");
    std::filesystem::remove_all(files().file("pulled"));
    return text;
  }
  // What helm itself writes for the working tree's chart.
  std::string helm_template(std::vector<std::string> flags) const {
    const std::string shop = git().path() + "/charts/shop";
    run_well({test_part("helm"), "dependency", "list", shop});
    std::filesystem::copy(git().path() + "/charts/common", shop + "/charts/common",
                          std::filesystem::copy_options::recursive);
    std::filesystem::copy(git().path() + "/charts/cache", shop + "/charts/cache",
                          std::filesystem::copy_options::recursive);
    std::vector<std::string> arguments = {test_part("helm"), "template", "shop", shop};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    auto text = run_well(arguments);
    std::filesystem::remove_all(shop + "/charts/common");
    std::filesystem::remove_all(shop + "/charts/cache");
    return text;
  }
  // The objects of a text by their identities.
  static std::map<std::string, std::string> objects_of(const std::string& text) {
    std::map<std::string, std::string> all;
    const auto parsed = objects::parse_objects(text, "text");
    EXPECT_OK(parsed);
    if (!parsed) return all;
    for (const auto& object : *parsed) {
      all.emplace(object.id().to_string(), dump_json(objects::in_member_order(object.json())));
    }
    return all;
  }
};

TEST_F(CliChart, IsRenderedAsHelmRendersIt) {
  project("    helm: {}\n");
  const auto plain = objects_of(manifests());
  EXPECT_EQ(plain, objects_of(helm_template({"--include-crds", "--skip-tests"})));
  EXPECT_EQ(plain.size(), 4u);
  project(
      "    helm:\n      namespace: web\n      valuesFiles: [prod.yaml]\n"
      "      values: {env: prod}\n      kubeVersion: \"1.29.4\"\n"
      "      apiVersions: [monitoring.coreos.com/v1]\n      includeCRDs: false\n"
      "      includeTests: true\n");
  const auto told = objects_of(manifests());
  EXPECT_EQ(told,
            objects_of(helm_template({"--namespace", "web", "--values", git().path() + "/prod.yaml",
                                      "--set", "env=prod", "--kube-version", "1.29.4",
                                      "--api-versions", "monitoring.coreos.com/v1"})));
  EXPECT_THAT(told.at("ConfigMap web/shop-settings"),
              AllOf(HasSubstr(R"("kube":"v1.29.4","monitoring":"true")"),
                    HasSubstr(R"("shared":"of shop","size":"20","text":"hello\n","true":"0123")")));
  EXPECT_TRUE(told.contains("ConfigMap shop-cache"));
}

TEST_F(CliChart, HasHooksThatADeliveryRuns) {
  project("    helm: {hooks: waves}\n");
  const std::string text = manifests();
  EXPECT_THAT(text, AllOf(HasSubstr("sealift.dev/wave: \"-500\""),
                          HasSubstr("sealift.dev/hook: \"true\""), Not(HasSubstr("helm.sh"))));
  project("    helm: {hooks: drop}\n");
  EXPECT_THAT(manifests(), Not(HasSubstr("kind: Job")));
}

TEST_F(CliChart, GivesTheSameBytesHoweverATemplateIsWritten) {
  project("    helm: {}\n");
  const std::string before = manifests();
  git().write("charts/shop/charts/vendored/templates/a.yaml",
              "# another comment\nkind: \"ConfigMap\"\nmetadata:\n    name: {{ .Release.Name "
              "}}-vendored\napiVersion: v1\n");
  git().commit("Write it otherwise");
  EXPECT_EQ(manifests(), before);
}

TEST_F(CliChart, IsBuiltAgainWhenAnythingItReadsHasChanged) {
  project("    helm: {valuesFiles: [prod.yaml]}\n");
  const auto is_selected = [&](const std::string& file, const std::string& content) {
    git().write(file, content);
    git().commit("Change " + file);
    return push({"--dry-run", "--changed-since", "HEAD~1"}).out.find("would push") !=
           std::string::npos;
  };
  EXPECT_TRUE(is_selected("prod.yaml", "size: 21\n"));
  EXPECT_TRUE(is_selected("charts/common/templates/_other.tpl", "x\n"));
  EXPECT_TRUE(is_selected("charts/shop/values.yaml", "env: x\nsize: 1\n"));
  EXPECT_FALSE(is_selected("charts/other/values.yaml", "env: x\n"));
}

TEST_F(CliChart, IsPublishedAsHelmInstallsIt) {
  const RegistryServer server("distribution");
  project("    kind: chart\n", "oci://" + server.address() + "/charts/shop");
  make_key("a");
  const auto pushed = push({"--plain-http", "--sign", "a.key"});
  EXPECT_EQ(pushed.exit_code, 0) << pushed.err;
  const std::string reference = "oci://" + server.address() + "/charts/shop";
  succeed({"verify", reference + ":0.1.0", "--key", "a.pub", "--plain-http"});
  const std::string shown = run_well(
      {test_part("helm"), "show", "chart", reference, "--version", "0.1.0", "--plain-http"});
  EXPECT_THAT(shown, AllOf(HasSubstr("name: shop"), HasSubstr("description: A shop")));
  const std::string installed = run_well({test_part("helm"), "template", "shop", reference,
                                          "--version", "0.1.0", "--plain-http", "--skip-tests"});
  EXPECT_EQ(objects_of(installed), objects_of(helm_template({"--skip-tests"})));
  run_well({test_part("helm"), "pull", reference, "--version", "0.1.0", "--plain-http", "--untar"});
  EXPECT_TRUE(files().has("shop/charts/common/Chart.yaml"));
  EXPECT_FALSE(files().has("shop/old/notes.txt"));
  EXPECT_FALSE(files().has("shop/templates/broken.yaml.bak"));
  EXPECT_THAT(push({"--plain-http", "--sign", "a.key"}).out, HasSubstr("unchanged shop"));
}

TEST_F(CliChart, IsPublishedInTheVersionThatTheProjectSays) {
  project("    kind: chart\n    chart: {version: \"0.2.0+${commit_short}\", appVersion: \"7\"}\n");
  EXPECT_EQ(push().exit_code, 0);
  const std::string tag = "0.2.0_" + git().git("rev-parse --short=12 HEAD");
  const Json shown = succeed_json({"inspect", "oci-layout:reg:" + tag});
  EXPECT_THAT(
      std::string(
          shown.find("manifest")->string_at({"annotations", "org.opencontainers.image.version"})),
      HasSubstr("0.2.0+"));
}

TEST_F(CliChart, WithAVersionThatIsTakenIsRefused) {
  project("    kind: chart\n");
  EXPECT_EQ(push().exit_code, 0);
  git().write("charts/shop/values.yaml", "env: other\n");
  git().commit("Forget the version");
  EXPECT_THAT(push(), ends_with(8, "oci-layout:reg:0.1.0 is sha256:"));
  EXPECT_EQ(push({"--force"}).exit_code, 0);
}

TEST_F(CliChart, SaysWhatHelmCannotRender) {
  project("    helm: {}\n");
  const auto with_template = [&](const std::string& text) {
    git().write("charts/shop/templates/bad.yaml", text);
    git().commit("Break it");
    return push();
  };
  EXPECT_THAT(with_template("{{ fail \"set a value\" }}"),
              ends_with(7, "helm cannot render charts/shop (exit code 1)\n"));
  EXPECT_THAT(
      with_template("{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}"),
      ends_with(7, "helm cannot render"));
  EXPECT_THAT(with_template("kind: ConfigMap\n"), ends_with(7, "manifests.yaml:"));
  EXPECT_THAT(with_template("{{ .Values.env.deeper.still }}"), ends_with(7, "bad.yaml"));
  EXPECT_FALSE(files().has("reg"));
}

TEST_F(CliChart, SaysWhatIsMissing) {
  project("    helm: {valuesFiles: [nothing.yaml]}\n");
  EXPECT_THAT(push(), ends_with(4, "the commit has no values file nothing.yaml"));
  project("    helm: {values: {cache: 3}}\n");
  EXPECT_THAT(push(), ends_with(7, "helm cannot render"));
  project("    helm: {kubeVersion: newest}\n");
  EXPECT_THAT(push(), ends_with(7, "helm cannot render"));
  project("    helm: {}\n");
  EXPECT_THAT(sealift({"push", "--from", git().path()}, with_environment({{"PATH", "/nowhere"}})),
              ends_with(4, "helm is not on PATH"));
  chart("shop", "dependencies: [{name: far, version: 1.0.0, repository: \"https://x.example\"}]\n");
  project("    helm: {}\n");
  EXPECT_THAT(push(), ends_with(7,
                                "the dependency far of https://x.example is no part of the "
                                "commit, and nothing is fetched: run \"helm dependency update "
                                "charts/shop\""));
  chart("shop", "dependencies: [{name: out, version: 1.0.0, repository: \"file://../../../x\"}]\n");
  project("    helm: {}\n");
  EXPECT_THAT(push(), ends_with(7, "the path leaves the repository"));
  chart("shop", "dependencies: [{name: shop, version: 1.0.0, repository: \"file://.\"}]\n");
  project("    helm: {}\n");
  EXPECT_THAT(push(), ends_with(7, "more than 8 levels deep"));
  git().git("rm -q charts/shop/Chart.yaml");
  project("    kind: chart\n");
  EXPECT_THAT(push(), ends_with(4, "the commit has no chart at charts/shop"));
  chart("shop", "");
  project("    kind: chart\n", "oci://registry.example/charts");
  EXPECT_THAT(push(), ends_with(7, "must end with that name"));
}

}  // namespace
}  // namespace sealift::test
