#include <sealift/delivery/configuration.h>

#include <gtest/gtest.h>

#include <filesystem>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

namespace sealift::delivery {
namespace {

using sealift::test::fails_with;
using sealift::test::FaultyFileSystem;
using sealift::test::TempDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string delivery(const std::string& name, const std::string& more = "") {
  return "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: " + name +
         "}\nspec: {artifact: {url: 'oci://r.example.com/" + name + "'}" + more + "}\n";
}

std::string policy(const std::string& name) {
  return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + name + R"(}
spec:
  repositories: ["r.example.com/**"]
  signatures:
    keys:
      - name: release
        publicKey: |
          -----BEGIN PUBLIC KEY-----
          MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
          -----END PUBLIC KEY-----
)";
}

std::string secret(const std::string& name, const std::string& rest) {
  return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\n" + rest;
}

std::vector<std::string> ids(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const auto& entry : configuration.deliveries) names.push_back(entry.id());
  return names;
}

class ConfigurationTest : public testing::Test {
 protected:
  Result<Configuration> load(const std::string& bytes) {
    files_.put("config.yaml", bytes);
    return load_configuration(files_, "config.yaml");
  }
  FaultyFileSystem files_;
};

TEST_F(ConfigurationTest, ReadsOneFileOfManyDocuments) {
  ASSERT_OK_ASSIGN(const auto configuration,
                   load(delivery("a") + "---\n" + policy("p") + "---\n" + delivery("b") + "---\n" +
                        secret("s", "stringData: {user: me}\n")));
  EXPECT_THAT(ids(configuration), ElementsAre("default/a", "default/b"));
  ASSERT_EQ(configuration.policies.size(), 1u);
  EXPECT_EQ(configuration.policies[0].name, "p");
  ASSERT_EQ(configuration.secrets.size(), 1u);
}

TEST_F(ConfigurationTest, ReadsADirectoryWithoutItsFolders) {
  files_.put("config/b.yml", delivery("b"));
  files_.put("config/a.yaml", delivery("a"));
  files_.put("config/c.json",
             R"({"apiVersion":"sealift.dev/v1alpha1","kind":"Delivery","metadata":{"name":"c"},)"
             R"("spec":{"artifact":{"url":"oci://r.example.com/c"}}})");
  files_.put("config/README.md", "no YAML: [");
  files_.put("config/.hidden.yaml", "no YAML: [");
  files_.put("config/old.yaml/x.yaml", "no YAML: [");
  ASSERT_OK_ASSIGN(const auto configuration, load_configuration(files_, "config"));
  EXPECT_THAT(ids(configuration), ElementsAre("default/a", "default/b", "default/c"));
}

TEST_F(ConfigurationTest, ReportsAllMistakesTogether) {
  files_.put("config/a.yaml", delivery("a", ", drift: fix") + "---\n" + delivery("good"));
  files_.put("config/b.yaml", "kind: [");
  files_.put("config/c.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n");
  files_.put("config/d.yaml", "just text\n");
  files_.put("config/e.yaml",
             "apiVersion: sealift.dev/v1beta1\nkind: Delivery\nmetadata: {name: n}\n");
  const auto loaded = load_configuration(files_, "config");
  ASSERT_THAT(loaded, fails_with(ErrorCode::kInvalidInput));
  const auto& message = loaded.error().message();
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 4) << message;
  EXPECT_THAT(message, HasSubstr("config/a.yaml:4:50: Delivery a.spec.drift: must be"));
  EXPECT_THAT(message, HasSubstr("\nconfig/b.yaml:"));
  EXPECT_THAT(message, HasSubstr("\nconfig/c.yaml:1:1: v1 Service has no place in a puller's"));
  EXPECT_THAT(message, HasSubstr("\nconfig/d.yaml:1:1: a document without apiVersion and kind"));
  EXPECT_THAT(message, HasSubstr("\nconfig/e.yaml:1:1: sealift.dev/v1beta1 Delivery has no place"));
}

TEST_F(ConfigurationTest, PointsAtTheFieldItself) {
  const std::string rules = R"(
apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata:
  name: web
  annotations:
    sealift.dev/rollback-to: v1
spec:
  artifact: {url: "oci://r.example.com/a"}
  driftRules:
    - mode: ignore
    - kind: Deployment
      mode: leave
  commonMetadata:
    labels:
      example.com/team: "a b"
)";
  const auto with = [](std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const auto pinned = with(rules, "rollback-to: v1", "rollback-to: sha256:" + std::string(64, 'a'));
  const std::pair<std::string, std::string> cases[] = {
      {rules, "config.yaml:7:5: Delivery web.metadata.annotations.sealift.dev/rollback-to: "},
      {pinned, "config.yaml:16:7: Delivery web.spec.commonMetadata.labels.example.com/team: "},
      {with(pinned, "a b", "ab"), "config.yaml:13:7: Delivery web.spec.driftRules[1].mode: "},
      {delivery("a", ", commonMetadata: {labels: {a.b/c: '-'}}"),
       "config.yaml:4:76: Delivery a.spec.commonMetadata.labels.a.b/c: "},
      {delivery("a") + "---\n" + delivery("b", ", Prune: true"),
       "config.yaml:9:50: Delivery b.spec.Prune: is not a known field"},
      {"kind: Delivery\napiVersion: sealift.dev/v1alpha1\nmetadata:\n  name: A\n",
       "config.yaml:4:3: Delivery \"A\": metadata.name must be"},
      {"# text\n" + secret("s", "data:\n  user: '%'\n"), "config.yaml:6:3: Secret s.data.user: "},
      {delivery("a") + "---\n" + policy("p").replace(policy("p").find("release"), 7, "''"),
       "config.yaml:13:9: TrustPolicy p.spec.signatures.keys[0].name: must not be empty"},
  };
  for (const auto& [text, message] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(load(text), fails_with(ErrorCode::kInvalidInput, message));
  }
}

TEST_F(ConfigurationTest, CutsALongListOfMistakes) {
  std::string many;
  for (int i = 0; i < 25; ++i) many += delivery("d" + std::to_string(i), ", drift: fix") + "---\n";
  EXPECT_THAT(load(many), fails_with(ErrorCode::kInvalidInput, "\nand 5 more"));
}

TEST_F(ConfigurationTest, RefusesTheSameNameTwice) {
  EXPECT_THAT(load(delivery("a") + "---\n" + delivery("a")),
              fails_with(ErrorCode::kInvalidInput,
                         "config.yaml:6:1: a second Delivery a; remove one of them"));
  // No namespace is the namespace "default".
  auto elsewhere = delivery("a");
  elsewhere.replace(elsewhere.find("{name: a}"), 9, "{name: a, namespace: default}");
  EXPECT_THAT(load(delivery("a") + "---\n" + elsewhere),
              fails_with(ErrorCode::kInvalidInput, "a second Delivery a"));
  // A policy has no namespace, whatever its document says.
  auto second = policy("p");
  second.replace(second.find("{name: p}"), 9, "{name: p, namespace: x}");
  EXPECT_THAT(load(policy("p") + "---\n" + second),
              fails_with(ErrorCode::kInvalidInput, "a second TrustPolicy p"));
  elsewhere = delivery("a");
  elsewhere.replace(elsewhere.find("{name: a}"), 9, "{name: a, namespace: other}");
  EXPECT_OK(load(delivery("a") + "---\n" + elsewhere));
}

TEST_F(ConfigurationTest, RefusesAConfigurationWithNothingToDo) {
  EXPECT_THAT(load(""), fails_with(ErrorCode::kInvalidInput, "neither a Delivery nor a Trust"));
  EXPECT_THAT(load(secret("s", "")), fails_with(ErrorCode::kInvalidInput, "nothing to do"));
  EXPECT_THAT(load_configuration(files_, "missing"),
              fails_with(ErrorCode::kNotFound, "reading the configuration: missing"));
}

TEST_F(ConfigurationTest, ReadsSecrets) {
  ASSERT_OK_ASSIGN(auto configuration,
                   load(delivery("a") + "---\n" +
                        secret("s",
                               "type: Opaque\ndata: {user: bWU=, password: b2xk}\n"
                               "stringData: {password: new}\n")));
  const auto owner = configuration.deliveries[0];
  ASSERT_OK_ASSIGN(const auto found, configuration.secret(owner, "s", {}));
  EXPECT_THAT(found.data, ElementsAre(Pair("password", "new"), Pair("user", "me")));
  EXPECT_THAT(configuration.secret(owner, "t", {}),
              fails_with(ErrorCode::kNotFound,
                         "Delivery default/a names the Secret t, and the configuration has none "
                         "in namespace default"));
}

TEST_F(ConfigurationTest, IsASourceOfSecretsAndConfigMaps) {
  ASSERT_OK_ASSIGN(auto configuration,
                   load(delivery("a") + "---\n" + secret("s", "stringData: {user: me}\n") +
                        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\n"
                        "data: {region: eu}\nbinaryData: {key: bWU=, region: bWU=}\n"));
  const auto owner = configuration.deliveries[0];
  SecretSource& source = configuration;
  ASSERT_OK_ASSIGN(const auto found, source.secret(owner, "s", {}));
  EXPECT_THAT(found.data, ElementsAre(Pair("user", "me")));
  ASSERT_OK_ASSIGN(const auto map, source.config_map(owner, "s", {}));
  EXPECT_THAT(map.data, ElementsAre(Pair("key", "me"), Pair("region", "eu")));
  EXPECT_THAT(source.secret(owner, "t", {}),
              fails_with(ErrorCode::kNotFound, "default/a names the Secret t, and"));
  EXPECT_THAT(source.config_map(owner, "t", {}),
              fails_with(ErrorCode::kNotFound, "default/a names the ConfigMap t, and"));
}

TEST_F(ConfigurationTest, KeepsSecretsOfOtherNamespacesApart) {
  ASSERT_OK_ASSIGN(auto configuration,
                   load(delivery("a") +
                        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: b}\n"));
  EXPECT_THAT(configuration.secret(configuration.deliveries[0], "s", {}),
              fails_with(ErrorCode::kNotFound));
}

TEST_F(ConfigurationTest, RefusesBrokenSecrets) {
  EXPECT_THAT(load(secret("s", "data: {user: '%'}\n")),
              fails_with(ErrorCode::kInvalidInput, "Secret s.data.user: is no base64"));
  EXPECT_THAT(load(secret("s", "data: {user: 7}\n")),
              fails_with(ErrorCode::kInvalidInput, "Secret s.data"));
  EXPECT_THAT(load("apiVersion: v1\nkind: Secret\nmetadata: {}\n"),
              fails_with(ErrorCode::kInvalidInput, "metadata.name"));
}

// As the kubelet lays out a volume: DIR/..TIMESTAMP/file, DIR/..data, DIR/file → ..data/file.
TEST(ConfigurationOnDisk, ReadsAKubernetesVolume) {
  const TempDirectory directory;
  directory.write("volume/..2026_11_22/a.yaml", delivery("a"));
  directory.write("volume/..2026_11_22/p.yaml", policy("p"));
  const std::filesystem::path volume(directory.file("volume"));
  std::filesystem::create_directory_symlink("..2026_11_22", volume / "..data");
  std::filesystem::create_symlink("..data/a.yaml", volume / "a.yaml");
  std::filesystem::create_symlink("..data/p.yaml", volume / "p.yaml");
  std::filesystem::create_directory_symlink("volume", directory.file("link"));
  std::filesystem::create_symlink("volume/a.yaml", directory.file("one"));
  for (const auto* name : {"volume", "link"}) {
    SCOPED_TRACE(name);
    ASSERT_OK_ASSIGN(const auto configuration,
                     load_configuration(system_files(), directory.file(name)));
    EXPECT_THAT(ids(configuration), ElementsAre("default/a"));
    EXPECT_EQ(configuration.policies.size(), 1u);
  }
  ASSERT_OK_ASSIGN(const auto one, load_configuration(system_files(), directory.file("one")));
  EXPECT_THAT(ids(one), ElementsAre("default/a"));
}

}  // namespace
}  // namespace sealift::delivery
