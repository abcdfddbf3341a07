#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

std::string map_with(std::string_view rest) { return std::string(kMap) + std::string(rest); }

TEST(Compare, TellsAddedRemovedChangedAndUnchangedByIdentity) {
  const auto result = compared(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: gone}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {a: b}}\n",
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {a: c}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: new}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}}\n");
  ASSERT_EQ(result.changes.size(), 3u);
  EXPECT_EQ(result.changes[0].id.name, "gone");
  EXPECT_EQ(result.changes[0].kind, ChangeKind::kRemoved);
  EXPECT_TRUE(result.changes[0].after.is_null());
  EXPECT_EQ(result.changes[1].id.name, "new");
  EXPECT_EQ(result.changes[1].kind, ChangeKind::kAdded);
  EXPECT_EQ(result.changes[2].kind, ChangeKind::kChanged);
  EXPECT_EQ(result.unchanged, 1u);
  EXPECT_EQ(result.count(ChangeKind::kAdded), 1u);
  EXPECT_THAT(fields_of(result), ElementsAre("/data/a: \"b\" -> \"c\""));
}

TEST(Compare, TheNamespaceIsPartOfTheIdentityAndTheVersionIsNot) {
  const auto moved =
      compared("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: w}}",
               "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: z}}");
  EXPECT_EQ(moved.changes.size(), 2u);
  const auto newer = compared("{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: a}}",
                              "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}");
  ASSERT_EQ(newer.changes.size(), 1u);
  EXPECT_EQ(newer.changes[0].api_version, "apps/v1");
  EXPECT_THAT(fields_of(newer), ElementsAre("/apiVersion: \"apps/v1beta1\" -> \"apps/v1\""));
}

TEST(Compare, NothingIsNoDifference) {
  EXPECT_FALSE(compared("", "").differs());
  EXPECT_FALSE(compared(kMap, kMap).differs());
  EXPECT_EQ(compared(kMap, kMap).unchanged, 1u);
}

TEST(Compare, EmptyNullAndAbsentAreOne) {
  for (const auto* rest : {"data: {}", "data: null", "data:", "binaryData: {}"}) {
    EXPECT_FALSE(compared(kMap, map_with(rest)).differs()) << rest;
    EXPECT_FALSE(compared(map_with(rest), kMap).differs()) << rest;
  }
  EXPECT_THAT(fields_of(compared(kMap, map_with("data: {a: ''}"))),
              ElementsAre("/data/a: - -> \"\""));
}

TEST(Compare, AnEmptySelectorSaysSomething) {
  const std::string before =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
      "spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]}\n";
  const std::string after =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
      "spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}, "
      "namespaceSelector: {}}]}]}\n";
  EXPECT_THAT(fields_of(compared(before, after)),
              ElementsAre("/spec/ingress/0/from/0/namespaceSelector: - -> {}"));
}

TEST(Compare, AnEmptyObjectOfACustomResourceSaysSomething) {
  const std::string issuer = "apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: {name: a}\n";
  EXPECT_THAT(fields_of(compared(issuer + "spec: {}", issuer + "spec: {selfSigned: {}}")),
              ElementsAre("/spec/selfSigned: - -> {}"));
}

TEST(Compare, ANamespaceRuleThatOpensToAllIsSeen) {
  const std::string head =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n";
  EXPECT_THAT(fields_of(compared(head + "spec: {podSelector: {}, ingress: []}",
                                 head + "spec: {podSelector: {}, ingress: [{}]}")),
              ElementsAre("/spec/ingress: - -> [{}]"));
}

TEST(Compare, WhatTheServerWritesForItselfIsNotLookedAt) {
  const auto result = compared(
      kMap,
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  uid: u\n  resourceVersion: '7'\n"
      "  generation: 3\n  creationTimestamp: '2026-01-01T00:00:00Z'\n  managedFields: [{manager: "
      "x}]\n"
      "  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}\n");
  EXPECT_FALSE(result.differs());
}

TEST(Compare, TypesAreTold) {
  EXPECT_THAT(fields_of(compared(map_with("data: {a: '1'}"), map_with("data: {a: 1}"))),
              ElementsAre("/data/a: \"1\" -> 1"));
  EXPECT_THAT(fields_of(compared(map_with("data: {a: b}"), map_with("data: [b]"))),
              ElementsAre("/data: {\"a\":\"b\"} -> [\"b\"]"));
  EXPECT_THAT(fields_of(compared(map_with("data: {a: 1e3}"), map_with("data: {a: 1000}"))),
              IsEmpty());
}

TEST(Compare, EntriesAreToldOneByOneAndNamesAreEscaped) {
  EXPECT_THAT(fields_of(compared(kMap,
                                 "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
                                 "  labels: {app.kubernetes.io/name: x, b: z}\n")),
              ElementsAre("/metadata/labels/app.kubernetes.io~1name: - -> \"x\"",
                          "/metadata/labels/b: - -> \"z\""));
}

TEST(Compare, OneObjectTwiceIsRefused) {
  const auto twice = objects_of(std::string(kMap) + "---\n" + std::string(kMap));
  const auto result = compare({}, twice);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidInput);
  EXPECT_THAT(result.error().message(), HasSubstr("the second side: test.yaml:5:1: ConfigMap a"));
}

TEST(Compare, FieldChangesAreBounded) {
  std::string before(kMap);
  std::string after(kMap);
  before += "data:\n";
  after += "data:\n";
  for (std::size_t i = 0; i < kMaxFieldChanges + 7; ++i) {
    before += "  k" + std::to_string(i) + ": a\n";
    after += "  k" + std::to_string(i) + ": b\n";
  }
  const auto result = compared(before, after);
  ASSERT_EQ(result.changes.size(), 1u);
  EXPECT_EQ(result.changes[0].fields.size(), kMaxFieldChanges);
  EXPECT_EQ(result.changes[0].omitted_fields, 7u);
}

TEST(Compare, ALongNameIsCut) {
  const auto result = compared(kMap, map_with("data: {? " + std::string(5'000, 'k') + " : v}"));
  ASSERT_EQ(result.changes.size(), 1u);
  EXPECT_LT(result.changes[0].fields.at(0).path.size(), 1'100u);
}

TEST(Compare, VariablesAreTextLikeAnyOther) {
  EXPECT_THAT(fields_of(compared(map_with("data: {a: '${A}'}"), map_with("data: {a: '${B}'}"))),
              ElementsAre("/data/a: \"${A}\" -> \"${B}\""));
}

}  // namespace
}  // namespace sealift::comparison
