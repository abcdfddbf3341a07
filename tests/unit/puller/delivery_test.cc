#include <sealift/objects/yaml.h>
#include <sealift/puller/delivery.h>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/result_matchers.h"

namespace sealift::puller {
namespace {

using namespace std::chrono_literals;
using sealift::test::fails_with;

constexpr std::string_view kHead = R"(apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata: {name: shop, namespace: edge}
)";

Result<Delivery> parse(const std::string& yaml) {
  auto documents = objects::parse_yaml(yaml, "d.yaml");
  if (!documents) return fail(documents.error());
  return parse_delivery(documents->at(0).value, "d.yaml:1:1");
}

Result<Delivery> parse_spec(const std::string& spec) {
  return parse(std::string(kHead) + "spec: " + spec);
}

TEST(Delivery, ReadsEachField) {
  ASSERT_OK_ASSIGN(const auto delivery, parse_spec(R"(
  artifact:
    url: oci://registry.example.com:5000/shop/web
    semver: ">=1.2.0 <2.0.0"
    secretRef: {name: pull}
    certSecretRef: {name: certs}
    proxySecretRef: {name: proxy}
    insecure: true
  interval: 10m
  retryInterval: 500ms
  timeout: 1h30m
  path: ./prod/eu/
  targetNamespace: shop-eu
  serviceAccountName: deployer.eu
  prune: false
  pruneLimit: 0
  wait: false
  drift: detect
  suspend: true
)"));
  EXPECT_EQ(delivery.id(), "edge/shop");
  EXPECT_EQ(delivery.artifact.repository.name(), "registry.example.com:5000/shop/web");
  EXPECT_EQ(delivery.artifact.select.semver, ">=1.2.0 <2.0.0");
  EXPECT_EQ(delivery.artifact.select.tag, "");
  EXPECT_FALSE(delivery.artifact.select.digest);
  EXPECT_EQ(delivery.artifact.secret_name, "pull");
  EXPECT_EQ(delivery.artifact.cert_secret_name, "certs");
  EXPECT_EQ(delivery.artifact.proxy_secret_name, "proxy");
  EXPECT_TRUE(delivery.artifact.insecure);
  EXPECT_EQ(delivery.interval, 10min);
  EXPECT_EQ(delivery.retry_interval, 500ms);
  EXPECT_EQ(delivery.timeout, 90min);
  EXPECT_EQ(delivery.path, "prod/eu");
  EXPECT_EQ(delivery.target_namespace, "shop-eu");
  EXPECT_EQ(delivery.service_account_name, "deployer.eu");
  EXPECT_FALSE(delivery.prune);
  EXPECT_EQ(delivery.prune_limit, 0u);
  EXPECT_FALSE(delivery.wait);
  EXPECT_EQ(delivery.drift, DriftMode::kDetect);
  EXPECT_TRUE(delivery.suspend);
}

TEST(Delivery, HasTheDefaultsOfItsDocumentation) {
  ASSERT_OK_ASSIGN(const auto delivery, parse(R"(
apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata: {name: shop, labels: {team: web}}
spec: {artifact: {url: "oci-layout:/media/usb"}}
status: {anything: true}
)"));
  EXPECT_EQ(delivery.id(), "default/shop");
  EXPECT_EQ(delivery.artifact.repository.name(), "oci-layout:/media/usb");
  EXPECT_EQ(delivery.artifact.select.tag, "latest");
  EXPECT_FALSE(delivery.artifact.insecure);
  EXPECT_EQ(delivery.interval, 5min);
  EXPECT_EQ(delivery.retry_interval, 1min);
  EXPECT_EQ(delivery.timeout, 5min);
  EXPECT_EQ(delivery.path, "");
  EXPECT_EQ(delivery.target_namespace, "");
  EXPECT_EQ(delivery.service_account_name, "");
  EXPECT_TRUE(delivery.prune);
  EXPECT_FALSE(delivery.prune_limit);
  EXPECT_TRUE(delivery.wait);
  EXPECT_EQ(delivery.drift, DriftMode::kCorrect);
  EXPECT_FALSE(delivery.suspend);
}

TEST(Delivery, TakesADigest) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  ASSERT_OK_ASSIGN(
      const auto delivery,
      parse_spec("{artifact: {url: 'oci://r.example.com/a', digest: '" + digest + "'}}"));
  ASSERT_TRUE(delivery.artifact.select.digest);
  EXPECT_EQ(delivery.artifact.select.digest->to_string(), digest);
  EXPECT_EQ(delivery.artifact.select.tag, "");
}

TEST(Delivery, ReadsPathsInTheirOneForm) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},       {".", ""}, {"./", ""}, {"a", "a"}, {"a/", "a"}, {"././a/b//", "a/b"},
      {"..a", "..a"},
  };
  for (const auto& [given, expected] : cases) {
    SCOPED_TRACE(given);
    ASSERT_OK_ASSIGN(
        const auto delivery,
        parse_spec("{artifact: {url: 'oci://r.example.com/a'}, path: '" + given + "'}"));
    EXPECT_EQ(delivery.path, expected);
  }
}

struct Mistake {
  std::string spec;
  std::string message;
};

TEST(Delivery, NamesEachMistakeWithItsPath) {
  const std::string url = "{url: 'oci://r.example.com/a'}";
  const Mistake mistakes[] = {
      {"{}", "spec.artifact: is required"},
      {"[]", "spec: must be an object, is an array"},
      {"{artifact: {}}", "spec.artifact.url: is required"},
      {"{artifact: {url: 7}}", "spec.artifact.url: must be a string"},
      {"{artifact: {url: 'r.example.com/a'}}", "oci://"},
      {"{artifact: {url: 'oci://r.example.com/A'}}", "spec.artifact.url: "},
      {"{artifact: {url: 'oci://r.example.com/a:v1'}}",
       "spec.artifact.url: names a tag or digest; move it to"},
      {"{artifact: {url: 'oci://r.example.com/a', tag: a, semver: '*'}}",
       "only one of tag, semver and digest"},
      {"{artifact: {url: 'oci://r.example.com/a', tag: 'a b'}}",
       "spec.artifact.tag: is no tag that a registry allows"},
      {"{artifact: {url: 'oci://r.example.com/a', semver: 'new'}}", "spec.artifact.semver: "},
      {"{artifact: {url: 'oci://r.example.com/a', digest: 'sha256:1'}}", "spec.artifact.digest: "},
      {"{artifact: {url: 'oci://r.example.com/a', digest: ''}}", "spec.artifact.digest: "},
      {"{artifact: {url: 'oci://r.example.com/a', secretRef: pull}}",
       "spec.artifact.secretRef: must be an object"},
      {"{artifact: {url: 'oci://r.example.com/a', secretRef: {}}}",
       "spec.artifact.secretRef.name: is required"},
      {"{artifact: {url: 'oci://r.example.com/a', secretRef: {name: a, key: b}}}",
       "spec.artifact.secretRef.key"},
      {"{artifact: {url: 'oci://r.example.com/a', insecure: 'yes'}}",
       "spec.artifact.insecure: must be true or false"},
      {"{artifact: {url: 'oci://r.example.com/a', tags: v1}}", "spec.artifact.tags"},
      {"{artifact: " + url + ", interval: 0s}", "spec.interval: must be at least 1s"},
      {"{artifact: " + url + ", interval: 5 minutes}", "spec.interval: "},
      {"{artifact: " + url + ", retryInterval: 99ms}",
       "spec.retryInterval: must be at least 100ms"},
      {"{artifact: " + url + ", timeout: 999ms}", "spec.timeout: must be at least 1s"},
      {"{artifact: " + url + ", path: /prod}", "spec.path: must be a folder inside the artifact"},
      {"{artifact: " + url + ", path: a/../b}", "spec.path: "},
      {"{artifact: " + url + ", path: ..}", "spec.path: "},
      {"{artifact: " + url + ", path: a//b}", "spec.path: "},
      {"{artifact: " + url + ", path: a/./b}", "spec.path: "},
      {"{artifact: " + url + ", targetNamespace: Shop}", "spec.targetNamespace: must be 1 to 63"},
      {"{artifact: " + url + ", targetNamespace: shop.eu}",
       "spec.targetNamespace: must be 1 to 63"},
      {"{artifact: " + url + ", serviceAccountName: 'a/b'}", "spec.serviceAccountName: must be"},
      {"{artifact: " + url + ", prune: 1}", "spec.prune: must be true or false"},
      {"{artifact: " + url + ", pruneLimit: -1}", "spec.pruneLimit: must not be negative"},
      {"{artifact: " + url + ", pruneLimit: 1.5}", "spec.pruneLimit: must be a whole number"},
      {"{artifact: " + url + ", wait: maybe}", "spec.wait: must be true or false"},
      {"{artifact: " + url + ", drift: fix}", "spec.drift: must be correct, detect or ignore"},
      {"{artifact: " + url + ", suspend: null, Prune: true}", "spec.Prune"},
  };
  for (const auto& mistake : mistakes) {
    SCOPED_TRACE(mistake.spec);
    const auto parsed = parse_spec(mistake.spec);
    ASSERT_THAT(parsed, fails_with(ErrorCode::kInvalidInput, mistake.message));
    EXPECT_EQ(parsed.error().message().rfind("d.yaml:1:1: Delivery shop", 0), 0u)
        << parsed.error().message();
  }
}

// The page that people copy from.
TEST(Delivery, IsReadAsItIsDocumented) {
  std::ifstream stream(std::string(SEALIFT_SOURCE_DIR) + "/docs/formats/delivery.md");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::string fence = "```yaml\n";
  int examples = 0;
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const auto begin = at + fence.size();
    const auto example = text.substr(begin, text.find("```", begin) - begin);
    EXPECT_OK(parse(example)) << example;
    ++examples;
  }
  EXPECT_EQ(examples, 2);
}

TEST(Delivery, RefusesAWrongFrame) {
  const std::string spec = "spec: {artifact: {url: 'oci://r.example.com/a'}}\n";
  const std::pair<std::string, std::string> cases[] = {
      {"apiVersion: v1\nkind: Delivery\nmetadata: {name: a}\n" + spec,
       "v1 Delivery is no sealift.dev/v1alpha1 Delivery"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Deliveries\nmetadata: {name: a}\n" + spec,
       "is no sealift.dev/v1alpha1 Delivery"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n" + spec, "metadata is missing"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: A}\n" + spec,
       "metadata.name must be"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: a, namespace: b.c}\n" +
           spec,
       "metadata.namespace"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: a" +
           std::string(128, 'a') + "}\n" + spec,
       "metadata.name: must have at most 128 characters"},
      {std::string(kHead) + spec + "extra: 1\n", "extra"},
      {std::string(kHead), "spec: is required"},
  };
  for (const auto& [yaml, message] : cases) {
    SCOPED_TRACE(yaml);
    EXPECT_THAT(parse(yaml), fails_with(ErrorCode::kInvalidInput, message));
  }
}

}  // namespace
}  // namespace sealift::puller
