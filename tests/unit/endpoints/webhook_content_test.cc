#include <sealift/endpoints/webhook_content.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.h"

namespace sealift::endpoints {

void PrintTo(const Push& push, std::ostream* out) { *out << push.repository << ":" << push.tag; }

namespace {

using sealift::test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct PayloadCase {
  std::string name;
  WebhookKind kind;
  HttpHeaders headers;
  std::string body;
  std::vector<Push> pushes;
};

HttpHeaders header(std::string name, std::string value) {
  HttpHeaders headers;
  headers.add(std::move(name), std::move(value));
  return headers;
}

std::string event(const std::string& action, const std::string& target) {
  return R"({"id":"320678d8","timestamp":"2026-01-09T15:37:57Z","action":")" + action +
         R"(","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":708,)"
         R"("digest":"sha256:fea8","length":708,)" +
         target +
         R"(},"request":{"id":"6df24a34","addr":"192.168.64.11:42961",)"
         R"("host":"registry.example:5000","method":"PUT","useragent":"sealift"},)"
         R"("actor":{"name":"ci"},"source":{"addr":"a.local:5000"}})";
}

std::string github(const std::string& action, const std::string& type, const std::string& version) {
  return R"({"action":")" + action +
         R"(","registry_package":{"id":1,"name":"web","namespace":"octo","package_type":")" + type +
         R"(","package_version":)" + version + R"(},"sender":{"login":"octo"}})";
}

const std::string kHarborData =
    R"({"resources":[{"digest":"sha256:8a9e","tag":"v1","resource_url":"hub.example:8443/shop/web:v1"},)"
    R"({"digest":"sha256:8a9e","tag":"sha256:8a9e","resource_url":"hub.example/shop/web@sha256:8a9e"}],)"
    R"("repository":{"name":"web","namespace":"shop","repo_full_name":"shop/web"}})";

class Payloads : public testing::TestWithParam<PayloadCase> {};

TEST_P(Payloads, TellOfPushes) {
  const auto& param = GetParam();
  ASSERT_OK_ASSIGN(const auto content, parse_webhook(param.kind, param.headers, param.body));
  EXPECT_THAT(content.pushes, testing::ElementsAreArray(param.pushes));
  EXPECT_EQ(content.validation_code, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Payloads,
    testing::Values(
        PayloadCase{
            "Distribution",
            WebhookKind::kDistribution,
            {},
            R"({"events":[)" + event("push", R"("repository":"shop/web","tag":"v1")") + "," +
                event("push", R"("repository":"shop/web")") + "," +
                event("pull", R"("repository":"shop/web","tag":"v2")") + "," +
                event("push", R"("repository":"shop/web","tag":"v1")") + "," +
                event("push", R"("repository":"shop/api","tag":"v3")") + "]}",
            {{"registry.example:5000/shop/web", "v1"}, {"registry.example:5000/shop/api", "v3"}}},
        PayloadCase{"GitLab",
                    WebhookKind::kGitLab,
                    {},
                    R"({"events":[)" + event("push", R"("repository":"g/p","tag":"v1")") + "]}",
                    {{"registry.example:5000/g/p", "v1"}}},
        PayloadCase{"DockerHub",
                    WebhookKind::kDockerHub,
                    {},
                    R"({"callback_url":"https://registry.hub.docker.com/u/x","push_data":)"
                    R"({"pushed_at":1417566161,"pusher":"ci","tag":"latest"},"repository":)"
                    R"({"name":"web","namespace":"shop","repo_name":"shop/web"}})",
                    {{"docker.io/shop/web", "latest"}}},
        PayloadCase{
            "Harbor",
            WebhookKind::kHarbor,
            {},
            R"({"type":"PUSH_ARTIFACT","occur_at":1680501893,"operator":"ci","event_data":)" +
                kHarborData + "}",
            {{"hub.example:8443/shop/web", "v1"}}},
        PayloadCase{
            "HarborAsCloudEvent",
            WebhookKind::kHarbor,
            {},
            R"({"specversion":"1.0","id":"1","source":"/projects/2/webhook/policies/15",)"
            R"("type":"harbor.artifact.pushed","datacontenttype":"application/json","data":)" +
                kHarborData + "}",
            {{"hub.example:8443/shop/web", "v1"}}},
        PayloadCase{"HarborScan",
                    WebhookKind::kHarbor,
                    {},
                    R"({"type":"SCANNING_COMPLETED","event_data":)" + kHarborData + "}",
                    {}},
        PayloadCase{"GitHub",
                    WebhookKind::kGitHub,
                    header("X-GitHub-Event", "registry_package"),
                    github("published", "CONTAINER",
                           R"({"container_metadata":{"tag":{"name":"v1","digest":"sha256:1"}},)"
                           R"("package_url":"ghcr.io/octo/web:v1"})"),
                    {{"ghcr.io/octo/web", "v1"}}},
        PayloadCase{
            "GitHubWithoutUrl",
            WebhookKind::kGitHub,
            header("X-GitHub-Event", "registry_package"),
            github("updated", "container", R"({"container_metadata":{"tag":{"name":"v1"}}})"),
            {{"ghcr.io/octo/web", "v1"}}},
        PayloadCase{"GitHubOtherPackage",
                    WebhookKind::kGitHub,
                    header("X-GitHub-Event", "registry_package"),
                    github("published", "npm", R"({"container_metadata":{"tag":{"name":"v1"}}})"),
                    {}},
        PayloadCase{"GitHubPing",
                    WebhookKind::kGitHub,
                    header("X-GitHub-Event", "ping"),
                    R"({"zen":"Keep it logically awesome."})",
                    {}},
        PayloadCase{"Quay",
                    WebhookKind::kQuay,
                    {},
                    R"({"name":"web","repository":"shop/web","namespace":"shop","docker_url":)"
                    R"("quay.io/shop/web","updated_tags":["latest","v1",7]})",
                    {{"quay.io/shop/web", "latest"}, {"quay.io/shop/web", "v1"}}},
        PayloadCase{"Acr",
                    WebhookKind::kAcr,
                    {},
                    event("push", R"("repository":"shop/web","tag":"v1")"),
                    {{"registry.example:5000/shop/web", "v1"}}},
        PayloadCase{"AcrPing", WebhookKind::kAcr, {}, R"({"id":"1","action":"ping"})", {}},
        PayloadCase{"EventGrid",
                    WebhookKind::kAcr,
                    {},
                    R"([{"id":"1","eventType":"Microsoft.ContainerRegistry.ImagePushed","data":)" +
                        event("push", R"("repository":"shop/web","tag":"v1")") +
                        R"(},{"eventType":"Microsoft.ContainerRegistry.ImageDeleted","data":)" +
                        event("push", R"("repository":"shop/web","tag":"v2")") + "}]",
                    {{"registry.example:5000/shop/web", "v1"}}},
        PayloadCase{"CloudEvent",
                    WebhookKind::kCloudEvents,
                    {},
                    R"({"specversion":"1.0","type":"com.example.pushed","id":"1","source":"/ci",)"
                    R"("data":{"repository":"r.example/a","tag":"v1"}})",
                    {{"r.example/a", "v1"}}},
        PayloadCase{"CloudEventsBatch",
                    WebhookKind::kCloudEvents,
                    {},
                    R"([{"type":"Microsoft.ContainerRegistry.ImagePushed","data":)" +
                        event("push", R"("repository":"a","tag":"v1")") +
                        R"(},{"type":"harbor.artifact.pushed","data":)" + kHarborData +
                        R"(},{"type":"harbor.artifact.pulled","data":)" + kHarborData + "},{}]",
                    {{"registry.example:5000/a", "v1"}, {"hub.example:8443/shop/web", "v1"}}},
        PayloadCase{"BinaryCloudEvent",
                    WebhookKind::kCloudEvents,
                    header("ce-type", "com.example.pushed"),
                    R"({"repository":"r.example/a","tag":"v1"})",
                    {{"r.example/a", "v1"}}},
        PayloadCase{"Generic",
                    WebhookKind::kGeneric,
                    {},
                    R"({"repository":"[::1]:5000/a","tag":"v1","more":true})",
                    {{"[::1]:5000/a", "v1"}}},
        PayloadCase{"NothingInIt", WebhookKind::kDistribution, {}, "null", {}}),
    [](const auto& instance) { return instance.param.name; });

TEST(WebhookContent, HandsBackTheCodeOfAHandshake) {
  ASSERT_OK_ASSIGN(
      const auto content,
      parse_webhook(WebhookKind::kAcr, {},
                    R"([{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent",)"
                    R"("data":{"validationCode":"512d38b6","validationUrl":"https://x"}}])"));
  EXPECT_EQ(content.validation_code, "512d38b6");
  EXPECT_THAT(content.pushes, IsEmpty());
}

TEST(WebhookContent, RefusesWhatIsNoName) {
  const auto parse = [](const std::string& repository, const std::string& tag) {
    return parse_webhook(WebhookKind::kGeneric, {},
                         R"({"repository":")" + repository + R"(","tag":")" + tag + R"("})");
  };
  EXPECT_OK(parse("r.example/a", "v1"));
  for (const auto* repository : {"", "web", "/web", "r/", "r//a", "r/a b", "r/\\u0000", "r/a?x",
                                 "r/a@sha256:1", "https://r/a"}) {
    EXPECT_THAT(parse(repository, "v1"), fails_with(ErrorCode::kInvalidInput, "no repository"))
        << repository;
  }
  EXPECT_THAT(parse("r/" + std::string(600, 'a'), "v1"), fails_with(ErrorCode::kInvalidInput));
  for (const auto* tag : {".a", "-a", "a/b", "a b", "\\n"}) {
    EXPECT_THAT(parse("r/a", tag), fails_with(ErrorCode::kInvalidInput, "no tag")) << tag;
  }
  EXPECT_THAT(parse("r/a", std::string(129, 'a')), fails_with(ErrorCode::kInvalidInput, "no tag"));
}

TEST(WebhookContent, KeepsItsLimits) {
  std::string tags = "\"a\"";
  for (int i = 0; i < 100; ++i) tags += ",\"v" + std::to_string(i) + "\"";
  EXPECT_THAT(parse_webhook(WebhookKind::kQuay, {},
                            R"({"docker_url":"quay.io/a/b","updated_tags":[)" + tags + "]}"),
              fails_with(ErrorCode::kInvalidInput, "more than 100 pushes"));
  EXPECT_THAT(parse_webhook(WebhookKind::kGeneric, {}, std::string(40, '[')),
              fails_with(ErrorCode::kInvalidInput, "32"));
  EXPECT_THAT(parse_webhook(WebhookKind::kGeneric, {}, "\"" + std::string(1u << 20, 'x') + "\""),
              fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(parse_webhook(WebhookKind::kGeneric, {}, "payload=%7B"),
              fails_with(ErrorCode::kInvalidInput, "the webhook"));
  EXPECT_THAT(parse_webhook(WebhookKind::kAcr, {},
                            R"([{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent",)"
                            R"("data":{"validationCode":")" +
                                std::string(300, 'x') + R"("}}])"),
              fails_with(ErrorCode::kInvalidInput, "too long"));
}

TEST(WebhookContent, NamesItsKinds) {
  for (const auto* word : {"distribution", "dockerhub", "harbor", "gitlab", "github", "quay", "acr",
                           "cloudevents", "generic"}) {
    const auto kind = parse_webhook_kind(word);
    ASSERT_TRUE(kind.has_value()) << word;
    EXPECT_EQ(to_string(*kind), word);
  }
  EXPECT_EQ(parse_webhook_kind("Harbor"), std::nullopt);
  EXPECT_EQ(parse_webhook_kind(""), std::nullopt);
}

}  // namespace
}  // namespace sealift::endpoints
