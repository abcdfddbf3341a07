#include <sealift/kube/observed_object.h>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;

const Resource kConfigMaps{{"", "v1", "ConfigMap"}, "configmaps", true};

Json deployment_with(std::string_view managed_fields) {
  const auto text = R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web",)"
                    R"("namespace":"shop","uid":"u","resourceVersion":"5","managedFields":)" +
                    std::string(managed_fields) + "}}";
  return *parse_json(text, "test");
}

std::string hash_of(std::string_view managed_fields) {
  return observe(deployment_with(managed_fields))->own_fields_hash;
}

constexpr std::string_view kOurs =
    R"([{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1","time":"T1",)"
    R"("fieldsV1":{"f:spec":{"f:replicas":{},"f:paused":{}}}}])";

TEST(Observe, HashesOurOwnApplyEntryAlone) {
  const auto ours = hash_of(kOurs);
  EXPECT_EQ(ours.size(), 64u);
  EXPECT_EQ(ours, hash_of(R"([{"manager":"hpa","operation":"Update","apiVersion":"apps/v1",
      "fieldsV1":{"f:spec":{}}},{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1",
      "time":"T2","fieldsV1":{"f:spec":{"f:paused":{},"f:replicas":{}}}}])"))
      << "another manager, the time and the order of members do not count";
  EXPECT_NE(ours, hash_of(R"([{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1",
      "fieldsV1":{"f:spec":{"f:paused":{}}}}])"))
      << "a field was taken";
  EXPECT_NE(ours, hash_of(R"([{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1beta1",
      "fieldsV1":{"f:spec":{"f:replicas":{},"f:paused":{}}}}])"));
}

TEST(Observe, OtherEntriesAreNotOurs) {
  EXPECT_EQ(hash_of("[]"), "");
  EXPECT_EQ(hash_of("7"), "");
  EXPECT_EQ(hash_of(R"([{"manager":"sealift","operation":"Update","fieldsV1":{}}])"), "");
  EXPECT_EQ(hash_of(R"([{"manager":"sealift","operation":"Apply","subresource":"status"}])"), "");
  EXPECT_EQ(hash_of(R"([{"manager":"sealift2","operation":"Apply","fieldsV1":{}}])"), "");
}

TEST(Observe, ReadsWhatPruneAsksFor) {
  auto object = deployment_with(kOurs);
  ASSERT_OK_ASSIGN(const auto plain, observe(object));
  EXPECT_EQ(plain.id, (objects::ObjectId{"apps", "Deployment", "shop", "web"}));
  EXPECT_EQ(plain.uid, "u");
  EXPECT_EQ(plain.resource_version, "5");
  EXPECT_FALSE(plain.deleting);
  EXPECT_FALSE(plain.keep);
  Json* metadata = object.find("metadata");
  metadata->set("deletionTimestamp", "2026-01-01T00:00:00Z");
  metadata->set("annotations", Json(Json::Object{{"sealift.dev/keep", "true"}}));
  ASSERT_OK_ASSIGN(const auto marked, observe(object));
  EXPECT_TRUE(marked.deleting);
  EXPECT_TRUE(marked.keep);
}

TEST(Observe, MetadataTakesItsKindFromTheResource) {
  auto metadata = *parse_json(R"({"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata",
      "metadata":{"name":"a","namespace":"shop","uid":"u"}})",
                              "test");
  ASSERT_OK_ASSIGN(const auto observed, observe(kConfigMaps, metadata));
  EXPECT_EQ(observed.id, (objects::ObjectId{"", "ConfigMap", "shop", "a"}));
  EXPECT_THAT(observe(metadata), fails_with(ErrorCode::kInvalidInput, "with its resource"));
}

TEST(Observe, RefusesWhatIsNoObject) {
  for (const auto* text : {"7", "{}", R"({"kind":"A","metadata":{"name":"a"}})",
                           R"({"kind":"A","metadata":{"uid":"a"}})"}) {
    EXPECT_THAT(observe(*parse_json(text, "test")), fails_with(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(Observe, KeepsWhatEitherAnnotationKeeps) {
  const struct {
    const char* annotations;
    bool kept;
  } kCases[] = {
      {"{}", false},
      {R"({"sealift.dev/keep":"true"})", true},
      {R"({"sealift.dev/keep":"false"})", false},
      {R"({"sealift.dev/keep":true})", false},
      {R"({"kustomize.toolkit.fluxcd.io/prune":"disabled"})", true},
      {R"({"kustomize.toolkit.fluxcd.io/prune":"enabled"})", false},
      {R"({"sealift.dev/prune":"disabled"})", false},
  };
  for (const auto& [annotations, kept] : kCases) {
    const auto object =
        parse_json(R"({"metadata":{"annotations":)" + std::string(annotations) + "}}", "test");
    EXPECT_EQ(is_kept(*object), kept) << annotations;
  }
}

std::string hash_of(std::string_view fields, std::string_view ignored) {
  auto object = deployment_with(
      R"([{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1","fieldsV1":)" +
      std::string(fields) + "}]");
  object.find("metadata")
      ->set("annotations", Json(Json::Object{{"sealift.dev/ignore", std::string(ignored)}}));
  return observe(object)->own_fields_hash;
}

TEST(Observe, LeavesIgnoredFieldsOutOfTheHash) {
  constexpr std::string_view kAll =
      R"({"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{},"f:paused":{}}})";
  constexpr std::string_view kScaled =
      R"({"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:paused":{}}})";
  constexpr std::string_view kScaledAndUnlabelled = R"({"f:spec":{"f:paused":{}}})";
  EXPECT_EQ(hash_of(kAll, "/spec/replicas"), hash_of(kScaled, "/spec/replicas"));
  EXPECT_NE(hash_of(kAll, "/spec/replicas"), hash_of(kScaledAndUnlabelled, "/spec/replicas"));
  const auto* both = "/spec/replicas, /metadata/labels/a";
  EXPECT_EQ(hash_of(kAll, both), hash_of(kScaledAndUnlabelled, both));
  for (const auto* nothing : {"true", "", "spec/replicas", "/spec/replicas,,no path"}) {
    EXPECT_NE(hash_of(kAll, nothing), hash_of(kScaled, nothing)) << nothing;
    EXPECT_EQ(hash_of(kAll, nothing), hash_of(kAll, "")) << nothing;
  }
}

TEST(Observe, DisownsAMemberThatAnotherManagerLabelled) {
  constexpr std::string_view kLabel =
      R"({"f:metadata":{"f:labels":{"f:applyset.kubernetes.io/part-of":{}}}})";
  const auto member = [](std::string_view manager, std::string_view fields) {
    auto object = deployment_with(
        R"([{"manager":"sealift","operation":"Apply","apiVersion":"apps/v1","fieldsV1":)" +
        std::string(manager == "sealift" ? fields : R"({"f:spec":{}})") +
        R"(},{"manager":"kubectl-label","operation":"Update","apiVersion":"apps/v1","fieldsV1":)" +
        std::string(manager == "sealift" ? "{}" : fields) + "}]");
    return observe_member(Resource{{"apps", "v1", "Deployment"}, "deployments", true}, object)
        ->own_fields_hash;
  };
  EXPECT_EQ(member("sealift", kLabel).size(), 64u);
  EXPECT_EQ(member("kubectl-label", kLabel), "");
}

// They are kept for each member, and a tenant may name any server.
TEST(Observe, RefusesNamesThatNoServerTakes) {
  const auto with = [](std::string_view member, std::size_t size) {
    auto object = deployment_with("[]");
    Json metadata = *object.find("metadata");
    metadata.set(std::string(member), std::string(size, 'a'));
    object.set("metadata", std::move(metadata));
    return object;
  };
  for (const auto* member : {"name", "namespace", "uid"}) {
    EXPECT_OK(observe(with(member, 253))) << member;
    EXPECT_THAT(observe(with(member, 254)),
                fails_with(ErrorCode::kInvalidInput, "254 bytes, beyond the limit of 253"))
        << member;
  }
  const auto labelled = [&](std::size_t size) {
    auto object = deployment_with("[]");
    Json labels = Json::object();
    labels.set(kPartOfLabel, std::string(size, 'a'));
    Json metadata = *object.find("metadata");
    metadata.set("labels", std::move(labels));
    object.set("metadata", std::move(metadata));
    return observe_member(kConfigMaps, object);
  };
  EXPECT_OK(labelled(63));
  EXPECT_THAT(labelled(64), fails_with(ErrorCode::kInvalidInput, "the limit of 63 bytes"));
}

}  // namespace
}  // namespace sealift::kube
