#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kWanted =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\n"
    "spec:\n  template:\n    spec:\n      containers:\n"
    "        - {name: web, image: 'web:1', ports: [{containerPort: 80}], resources: {limits: {cpu: "
    "1}}}\n";

std::string live(std::string_view image, std::string_view more = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web, team: "
         "a}, "
         "uid: u, generation: 2}\nspec:\n  replicas: 3\n  template:\n    spec:\n      "
         "restartPolicy: Always\n      containers:\n"
         "        - {name: web, image: '" +
         std::string(image) +
         "', imagePullPolicy: IfNotPresent, ports: [{containerPort: 80, protocol: TCP}], "
         "resources: "
         "{limits: {cpu: 1000m}, requests: {cpu: 1000m}}" +
         std::string(more) + "}\n        - {name: injected, image: proxy}\nstatus: {replicas: 3}\n";
}

TEST(Coverage, WhatIsNotNamedIsNoDrift) {
  EXPECT_THAT(fields_of(compared(kWanted, live("web:1"), Coverage::kNamedBefore)), IsEmpty());
  EXPECT_THAT(fields_of(compared(live("web:1"), kWanted, Coverage::kNamedAfter)), IsEmpty());
  EXPECT_FALSE(fields_of(compared(kWanted, live("web:1"))).empty());
}

TEST(Coverage, WhatIsNamedIsDrift) {
  EXPECT_THAT(fields_of(compared(kWanted, live("web:2"), Coverage::kNamedBefore)),
              ElementsAre("/spec/template/spec/containers/[name=web]/image: "
                          "\"web:1\" -> \"web:2\""));
  EXPECT_THAT(fields_of(compared(live("web:2"), kWanted, Coverage::kNamedAfter)),
              ElementsAre("/spec/template/spec/containers/[name=web]/image: "
                          "\"web:2\" -> \"web:1\""));
}

TEST(Coverage, AMissingObjectIsRemovedAndAnUnnamedOneIsNobodysBusiness) {
  const std::string other = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";
  const auto gone = compared(kWanted, "", Coverage::kNamedBefore);
  ASSERT_EQ(gone.changes.size(), 1u);
  EXPECT_EQ(gone.changes[0].kind, ChangeKind::kRemoved);
  EXPECT_FALSE(compared(kWanted, live("web:1") + other, Coverage::kNamedBefore).differs());
  const auto fresh = compared("", kWanted, Coverage::kNamedAfter);
  ASSERT_EQ(fresh.changes.size(), 1u);
  EXPECT_EQ(fresh.changes[0].kind, ChangeKind::kAdded);
}

TEST(Coverage, AnEmptyListIsAWish) {
  const std::string policy =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n";
  EXPECT_THAT(
      fields_of(compared(policy + "spec: {ingress: []}",
                         policy + "spec: {ingress: [{}], egress: [{}]}", Coverage::kNamedBefore)),
      ElementsAre("/spec/ingress: - -> [{}]"));
}

TEST(Coverage, AMemberThatWasTakenAwayIsDrift) {
  EXPECT_THAT(fields_of(compared(kWanted,
                                 "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
                                 "spec: {template: {spec: {containers: [{name: other}]}}}",
                                 Coverage::kNamedBefore)),
              testing::SizeIs(2));
}

}  // namespace
}  // namespace sealift::comparison
