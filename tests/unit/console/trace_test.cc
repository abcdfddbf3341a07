#include <sealift/console/manifest_source.h>
#include <sealift/console/trace.h>

#include <gmock/gmock.h>

#include "delivery_sample.h"
#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using test::fails_with;

const std::vector<kube::Resource> kServed = {
    {{"", "v1", "Pod"}, "pods", true},
    {{"", "v1", "Event"}, "events", true},
    {{"events.k8s.io", "v1", "Event"}, "events", true},
    {{"apps", "v1", "Deployment"}, "deployments", true},
    {{"apps", "v1beta1", "Deployment"}, "deployments", true},
    {{"serving.a.example", "v1", "Service"}, "services", true},
    {{"serving.b.example", "v1", "Service"}, "services", true},
};

TEST(ResolveKind, TakesKindPluralShortNameAndGroup) {
  for (const auto* text : {"Deployment", "deployment", "deployments", "deploy", "deployment.apps",
                           "Deployments.apps"}) {
    ASSERT_OK_ASSIGN(const auto resource, resolve_kind(text, kServed));
    EXPECT_EQ(resource.gvk.api_version(), "apps/v1") << text;
  }
  ASSERT_OK_ASSIGN(const auto event, resolve_kind("events", kServed));
  EXPECT_EQ(event.gvk.group, "");
  ASSERT_OK_ASSIGN(const auto other, resolve_kind("service.serving.b.example", kServed));
  EXPECT_EQ(other.gvk.group, "serving.b.example");
}

TEST(ResolveKind, SaysWhatIsAmbiguousOrMissing) {
  EXPECT_THAT(resolve_kind("service", kServed),
              fails_with(ErrorCode::kInvalidInput, "serving.a.example, serving.b.example"));
  EXPECT_THAT(resolve_kind("widget", kServed), fails_with(ErrorCode::kNotFound, "\"widget\""));
  EXPECT_THAT(resolve_kind("deployment.extensions", kServed), fails_with(ErrorCode::kNotFound));
}

TEST(ObjectQuestion, IsKindSlashName) {
  ASSERT_OK_ASSIGN(const auto question, parse_object_question("deploy/web"));
  EXPECT_EQ(question.kind, "deploy");
  EXPECT_EQ(question.name, "web");
  for (const auto* text : {"", "web", "/web", "deploy/", "deploy/a/b", "deploy/..", "a/b%2F"}) {
    EXPECT_THAT(parse_object_question(text), fails_with(ErrorCode::kInvalidInput, "KIND/NAME"))
        << text;
  }
}

TEST(Origin, NamesTheCommit) {
  Origin origin;
  for (const auto& [revision, commit] : std::initializer_list<std::pair<const char*, const char*>>{
           {"main@sha1:abc", "abc"}, {"v1@sha256:def", "def"}, {"v1.0", ""}, {"", ""}}) {
    origin.delivery.record.artifact.revision = revision;
    EXPECT_EQ(origin.commit(), commit);
  }
}

TEST(Origin, TellsTheOwnerOnlyWhereItIsAnother) {
  Origin origin;
  origin.delivery.record = read_delivery_record(delivered());
  origin.asked = {"", "Pod", "shop", "web-1"};
  origin.member = {"apps", "Deployment", "shop", "web"};
  auto json = to_json(origin);
  EXPECT_EQ(json.string_at({"member", "kind"}), "Deployment");
  EXPECT_EQ(json.string_at({"artifact", "commit"}), "0123456789abcdef0123456789abcdef01234567");
  const auto owner = [&] { return origin_fields(origin).at(1).second; };
  EXPECT_EQ(owner(), "Deployment.apps shop/web");
  origin.member = origin.asked;
  EXPECT_EQ(owner(), "");
}

delivery::Delivery sample_delivery(std::string target_namespace = {}) {
  delivery::Delivery delivery(
      "web", "shop",
      {*oci::Reference::parse("oci://registry.example.com/web"), {}, {}, {}, {}, false});
  delivery.target_namespace = std::move(target_namespace);
  return delivery;
}

TEST(FindManifest, NamesFileLineAndColumn) {
  const std::vector<archive::TarFile> files = {
      {"a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n"},
      {"prod/web.yaml",
       "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n---\n"
       "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"}};
  const auto place = [&](const objects::ObjectId& id, const std::string& target = {}) {
    return find_manifest(files, sample_delivery(target), id);
  };
  ASSERT_OK_ASSIGN(const auto found, place({"apps", "Deployment", "anywhere", "web"}));
  EXPECT_EQ(found, "prod/web.yaml:5:1");
  EXPECT_OK(place({"", "Service", "shop", "web"}));
  EXPECT_OK(place({"", "Service", "eu", "web"}, "eu"));
  EXPECT_THAT(place({"", "Service", "eu", "web"}),
              fails_with(ErrorCode::kNotFound, "1 file could not be read"));
}

TEST(DigestInForce, IsTheOneThatWasPutBackAfterARollback) {
  EXPECT_EQ(read_delivery_record(delivered()).digest_in_force(), kNewDigest);
  auto back = with_ready(delivered(), "False", "RolledBack", "");
  back.find("status")->find("artifact")->set("digest", kOldDigest);
  EXPECT_EQ(read_delivery_record(back).digest_in_force(), kOldDigest);
  const auto pinned = "sha256:" + std::string(64, '3');
  back.find("metadata")->find("annotations")->set("sealift.dev/rollback-to", pinned);
  EXPECT_EQ(read_delivery_record(back).digest_in_force(), pinned);
}

}  // namespace
}  // namespace sealift::console
