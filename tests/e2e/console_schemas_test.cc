// Schemas that a real API server publishes, and what they say of manifests.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "console_case.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class ConsoleSchemas : public ConsoleCase {
 protected:
  // sealift check with the schemas that were fetched.
  test::ProcessResult check(const std::string& manifest) const {
    test::ProcessOptions options;
    options.standard_input = manifest;
    return test::run_process({program("sealift"), "check", "--schemas", schemas(), "-"},
                             std::move(options));
  }
  // An API server publishes what a definition says some time after it has taken it. The limit only
  // ends a test that would hang.
  Json fetch() const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    for (;;) {
      Json fetched = shown_json({"schemas", "fetch", "--output-dir", schemas()});
      const std::string ours = "schemas/apis__sealift.dev__v1alpha1_openapi.json";
      const bool is_there = std::filesystem::exists(files_.file(ours)) &&
                            files_.read(ours).find(R"("kind":"Delivery")") != std::string::npos;
      if (is_there || std::chrono::steady_clock::now() > end) return fetched;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  std::string schemas() const { return files_.file("schemas"); }
  // Whether the API server takes it, by its own dry run.
  test::ProcessResult dry_run(const std::string& manifest) const {
    return cluster_.kubectl({"apply", "--server-side", "--dry-run=server", "--validate=strict",
                             "--namespace", name_, "--filename", "-"},
                            manifest);
  }

  test::TempDirectory files_;
};

std::string deployment_with(const std::string& spec) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
         "  selector: {matchLabels: {app: web}}\n"
         "  template:\n    metadata: {labels: {app: web}}\n"
         "    spec: {containers: [{name: a, image: 'r.io/a@sha256:" +
         std::string(64, 'a') + "'}]}\n" + spec;
}

std::string delivery_with(const std::string& spec) {
  return "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: web}\nspec:\n"
         "  artifact: {url: oci://registry.example.com/shop, tag: prod}\n" +
         spec;
}

TEST_F(ConsoleSchemas, SayWhatTheApiServerSays) {
  fetch();
  const std::vector<std::string> good = {
      deployment_with(
          "  replicas: 2\n  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}\n"),
      delivery_with("  interval: 5m\n"),
      "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
      "spec: {ports: [{port: 80, targetPort: http}], selector: {app: web}}\n",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, creationTimestamp: null}\n"
      "data: {a: b}\nbinaryData: {c: QUJD}\n",
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tidy}\nspec:\n  schedule: '0 * * * "
      "*'\n"
      "  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, "
      "image: 'a@sha256:" +
          std::string(64, 'b') + "', resources: {limits: {cpu: 1, memory: 1Gi}}}]}}}}\n",
  };
  for (const auto& manifest : good) {
    const auto said = check(manifest);
    EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
    EXPECT_THAT(said.out, HasSubstr("0 errors, 0 warnings, 0 notes")) << said.out;
    const auto real = dry_run(manifest);
    EXPECT_EQ(real.exit_code, 0) << real.err;
  }
  const std::vector<std::string> bad = {
      deployment_with("  replica: 2\n"),
      deployment_with("  replicas: two\n"),
      deployment_with("  minReadySeconds: 1.5\n"),
      delivery_with("  intervall: 5m\n"),
      delivery_with("  prune: 'maybe'\n"),
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n",
      "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{name: a}]}\n",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: 1}\n",
  };
  for (const auto& manifest : bad) {
    EXPECT_EQ(check(manifest).exit_code, 7) << manifest;
    EXPECT_NE(dry_run(manifest).exit_code, 0) << manifest;
  }
}

TEST_F(ConsoleSchemas, AreFetchedAgainInTheirPlace) {
  const Json first = fetch();
  const auto& names = *first.find("documents")->as_array();
  for (const char* name : {"api__v1_openapi.json", "apis__apps__v1_openapi.json",
                           "apis__sealift.dev__v1alpha1_openapi.json"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), Json(name)), names.end()) << name;
  }
  files_.write("schemas/apis__gone.example.com__v1_openapi.json", "{}");
  const auto again = console({"schemas", "fetch", "--output-dir", schemas()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, AllOf(HasSubstr("stored"), HasSubstr("schema documents in " + schemas())));
  EXPECT_THAT(again.err,
              HasSubstr("apis__gone.example.com__v1_openapi.json is not of this cluster"));
}

TEST_F(ConsoleSchemas, NeedAClusterThatAnswers) {
  const auto nowhere = test::run_process({program("sealift"), "schemas", "fetch", "--output-dir",
                                          schemas(), "--kubeconfig", files_.file("none")});
  EXPECT_EQ(nowhere.exit_code, 4) << nowhere.err;
  EXPECT_THAT(nowhere.out, IsEmpty());
}

}  // namespace
}  // namespace sealift::e2e
