// The checks of a project: before anything is published, and by sealift check.
#include "cli_fixture.h"

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOldCronJob =
    "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: tidy}\n";
constexpr const char* kPod =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    "    - {name: web, image: \"registry.example.com/web:1\"}\n";
constexpr const char* kWidget =
    "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {sise: 1}\n";
constexpr const char* kDefinition = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
)";

class CliProjectChecks : public CliTest {
 protected:
  void write_project(const std::string& checks) const {
    git().write("sealift.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n"
                "  - name: web\n    path: apps/web\n    destination: oci-layout:reg\n" +
                    checks);
    git().commit("Change");
  }
  ProcessResult in_project(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin() + 1, {"--from", git().path()});
    return sealift(std::move(arguments));
  }
};

TEST_F(CliProjectChecks, RefuseToPublishWhatIsWrong) {
  git().write("apps/web/old.yaml", kOldCronJob);
  write_project("");
  const auto refused = in_project({"push"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("apps/web/old.yaml:1:1: error removed-api: "),
                                 HasSubstr("checks.severities")));
  EXPECT_FALSE(std::filesystem::exists(files().path() + "/reg"));
  EXPECT_EQ(in_project({"build", "--output", "built"}).exit_code, 7);

  write_project("    checks: {kubeVersion: \"1.24\"}\n");
  const auto pushed = in_project({"push"});
  EXPECT_EQ(pushed.exit_code, 0) << pushed.err;
  EXPECT_THAT(pushed.err, HasSubstr("warning deprecated-api: "));
  write_project("    checks: {severities: {removed-api: \"off\"}}\n");
  EXPECT_EQ(in_project({"push"}).exit_code, 0);
}

TEST_F(CliProjectChecks, WarnAndGoOn) {
  git().write("apps/web/pod.yaml", kPod);
  write_project("");
  const auto warned = in_project({"build", "--output", "built"});
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_THAT(warned.err, HasSubstr("apps/web/pod.yaml:6:19: warning image-tag: "));
  write_project("    checks: {severities: {image-tag: error}}\n");
  EXPECT_EQ(in_project({"build", "--output", "built"}).exit_code, 7);
}

TEST_F(CliProjectChecks, KnowDefinitionsOfTheCommit) {
  git().write("apps/web/widget.yaml", kWidget);
  git().write("definitions/widget.yaml", kDefinition);
  write_project("");
  EXPECT_EQ(in_project({"build", "--output", "built"}).exit_code, 0);
  write_project("    checks: {definitions: [definitions]}\n");
  const auto refused = in_project({"build", "--output", "built"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("unknown-field"), HasSubstr("size")));
  write_project("    checks: {definitions: [nowhere.yaml]}\n");
  const auto missing = in_project({"build", "--output", "built"});
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("checks.definitions"), HasSubstr("nowhere.yaml")));
}

TEST_F(CliProjectChecks, AreTheReportOfCheck) {
  git().write("apps/web/old.yaml", kOldCronJob);
  git().write("apps/web/pod.yaml", kPod);
  git().write("elsewhere/wrong.yaml", "kind: Nothing\n");
  write_project("");
  const auto all = in_project({"check"});
  EXPECT_EQ(all.exit_code, 7);
  EXPECT_THAT(all.out, AllOf(HasSubstr("removed-api"), HasSubstr("image-tag"),
                             HasSubstr("2 objects in 2 files"), Not(HasSubstr("elsewhere"))));
  EXPECT_EQ(in_project({"check", "--disable", "removed-api"}).exit_code, 0);
  EXPECT_THAT(in_project({"check", "--only", "nobody"}).err, HasSubstr("has no artifact nobody"));
  EXPECT_THAT(in_project({"check", "--path", "elsewhere"}).out, HasSubstr("elsewhere/wrong.yaml"));
  EXPECT_THAT(in_project({"check", "--schemas", "x"}).err, HasSubstr("checks.schemas"));
}

TEST_F(CliProjectChecks, NameWhatWasRendered) {
  git().write("apps/web/kustomization.yaml", "resources: [old.yaml]\n");
  git().write("apps/web/old.yaml", kOldCronJob);
  write_project("");
  EXPECT_THAT(in_project({"check"}).out, HasSubstr("web/manifests.yaml:1:1: error removed-api"));
}

}  // namespace
}  // namespace sealift::test
