#include <sealift/kube/apply_set.h>
#include <sealift/kube/apply_set_owner.h>

#include <gtest/gtest.h>

#include "fake_cluster.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;

ApplySetParent shop() {
  ApplySetParent parent;
  parent.name = "shop";
  parent.name_space = "sealift-system";
  parent.group_kinds = {{"", "ConfigMap"}, {"apps", "Deployment"}, {"example.com", "ADuck"}};
  parent.additional_namespaces = {"shop", "aux"};
  parent.annotations = {{"dev.sealift.sequence", "7"}};
  return parent;
}

// Computed with: printf 'NAME.NAMESPACE.KIND.GROUP' | openssl dgst -sha256 -binary | basenc
// --base64url
TEST(ApplySetId, IsTheKepsHashOfTheParent) {
  EXPECT_EQ(applyset_id("shop", "sealift-system", "ConfigMap", ""),
            "applyset-weH2-slbx0SeWjSs406mjUWeKMnQWpsDCaRrTfFA8nI-v1");
  EXPECT_EQ(applyset_id("shop", "team", "Delivery", "sealift.dev"),
            "applyset-T8u7U4j3VA_mpO5DRQAwUBBGPKQg_kqDoy84Ss-IDTg-v1");
}

TEST(ApplySetParent, HasTheLabelsAndAnnotationsThatKubectlReads) {
  const auto map = to_config_map(shop());
  EXPECT_EQ(map.string_at({"metadata", "labels", "applyset.kubernetes.io/id"}), shop().id());
  const auto annotation = [&](std::string_view name) {
    return map.string_at({"metadata", "annotations", name});
  };
  EXPECT_EQ(annotation("applyset.kubernetes.io/tooling"), "sealift/v0.1");
  EXPECT_EQ(annotation("applyset.kubernetes.io/contains-group-kinds"),
            "ADuck.example.com,ConfigMap,Deployment.apps");
  EXPECT_EQ(annotation("applyset.kubernetes.io/additional-namespaces"), "aux,shop");
  EXPECT_EQ(annotation("dev.sealift.sequence"), "7");
}

TEST(ApplySetParent, SurvivesTheRoundTrip) {
  ASSERT_OK_ASSIGN(const auto read, parse_config_map(to_config_map(shop())));
  EXPECT_EQ(read.name, "shop");
  EXPECT_EQ(read.name_space, "sealift-system");
  EXPECT_EQ(read.group_kinds, shop().group_kinds);
  EXPECT_EQ(read.additional_namespaces, shop().additional_namespaces);
  EXPECT_EQ(read.annotations, shop().annotations);
  EXPECT_EQ(read.annotation("dev.sealift.sequence"), "7");
  EXPECT_EQ(read.annotation("dev.sealift.digest"), "");
}

TEST(ApplySetParent, AnEmptySetSurvivesTheRoundTrip) {
  ApplySetParent parent;
  parent.name = "a";
  parent.name_space = "b";
  ASSERT_OK_ASSIGN(const auto read, parse_config_map(to_config_map(parent)));
  EXPECT_TRUE(read.group_kinds.empty());
  EXPECT_TRUE(read.additional_namespaces.empty());
}

TEST(ApplySetParent, WhatIsNotOursIsLeftAlone) {
  auto no_parent = to_config_map(shop());
  no_parent.find("metadata")->erase("labels");
  EXPECT_THAT(parse_config_map(no_parent), fails_with(ErrorCode::kConflict, "no ApplySet parent"));

  auto renamed = to_config_map(shop());
  renamed.find("metadata")->set("name", "other");
  EXPECT_THAT(parse_config_map(renamed),
              fails_with(ErrorCode::kConflict, "not that of its name and namespace"));

  auto kubectls = to_config_map(shop());
  kubectls.find("metadata")
      ->find("annotations")
      ->set("applyset.kubernetes.io/tooling", "kubectl/v1.36");
  EXPECT_THAT(parse_config_map(kubectls),
              fails_with(ErrorCode::kConflict, "another tool (\"kubectl/v1.36\")"));
}

TEST(ApplySetParent, RefusesMalformedGroupKinds) {
  auto map = to_config_map(shop());
  map.find("metadata")
      ->find("annotations")
      ->set("applyset.kubernetes.io/contains-group-kinds", "ConfigMap,,Secret");
  EXPECT_THAT(parse_config_map(map), fails_with(ErrorCode::kInvalidInput, "no KIND.GROUP"));
}

// curl takes "/namespaces/../" out of a path, and an empty name asks in all namespaces.
TEST(ApplySetParent, RefusesNamespacesThatAreNoNames) {
  for (const auto* bad : {"..", "shop,,aux", "a/b", "Shop"}) {
    auto map = to_config_map(shop());
    map.find("metadata")
        ->find("annotations")
        ->set("applyset.kubernetes.io/additional-namespaces", bad);
    EXPECT_THAT(parse_config_map(map),
                fails_with(ErrorCode::kInvalidInput, "is no name of a namespace"))
        << bad;
  }
}

// Whoever may write a parent in a remote cluster would otherwise have us ask for each of them.
TEST(ApplySetParent, RefusesListsWithoutEnd) {
  std::string kinds = "Kind0";
  for (int i = 1; i < 500; ++i) kinds += ",Kind" + std::to_string(i);
  ASSERT_OK_ASSIGN(const auto most, parse_group_kinds(kinds));
  EXPECT_EQ(most.size(), 500u);
  EXPECT_THAT(parse_group_kinds(kinds + ",One"),
              fails_with(ErrorCode::kInvalidInput,
                         "contains-group-kinds would list more than the "
                         "limit of 500: divide the artifact"));
  std::string name_spaces = "ns-0";
  for (int i = 1; i < 2'000; ++i) name_spaces += ",ns-" + std::to_string(i);
  ASSERT_OK(parse_namespaces(name_spaces));
  EXPECT_THAT(parse_namespaces(name_spaces + ",one"),
              fails_with(ErrorCode::kInvalidInput, "limit of 2000"));

  auto parent = shop();
  for (int i = 0; i < 501; ++i) parent.group_kinds.insert({"", "Kind" + std::to_string(i)});
  EXPECT_THAT(parse_config_map(to_config_map(parent)),
              fails_with(ErrorCode::kInvalidInput, "limit of 500"));
}

TEST(GroupKind, ParsesWhatItWrites) {
  for (const GroupKind& kind : {GroupKind{"", "Pod"}, GroupKind{"a.b.c", "Duck"}}) {
    ASSERT_OK_ASSIGN(const auto parsed, GroupKind::parse(kind.to_string()));
    EXPECT_EQ(parsed, kind);
  }
  for (const auto* bad : {"", ".apps", "Pod."}) {
    EXPECT_THAT(GroupKind::parse(bad), fails_with(ErrorCode::kInvalidInput)) << bad;
  }
}

// A group becomes part of a path that we ask for with our own rights, and a tenant may write it.
TEST(GroupKind, IsNothingThatLeadsElsewhere) {
  for (const auto* good : {"Pod", "Deployment.apps", "DNS-Record.external-dns.example.com"}) {
    EXPECT_OK(GroupKind::parse(good));
  }
  const std::string long_group = "X." + std::string(254, 'a');
  for (const auto& bad :
       {std::string("X.apps/v1/replicasets?a=1"), std::string("X.apps%2Fv1"),
        std::string("X...apps"), std::string("X.."), std::string("X.Apps"), std::string("X.a b"),
        std::string("X.apps#a"), std::string("X/y.apps"), std::string("X?.apps"),
        std::string("1X.apps"), std::string(64, 'X') + ".apps", long_group}) {
    EXPECT_THAT(parse_group_kinds("Pod," + bad),
                fails_with(ErrorCode::kInvalidInput, "is no KIND.GROUP"))
        << bad;
  }
}

TEST(ReadApplysetParent, AMissingOneIsNoError) {
  test::FakeCluster cluster([](const auto&) { return test::FakeAnswer::json(404, "{}"); });
  ASSERT_OK_ASSIGN(const auto read, read_applyset_parent(cluster.client(), "ns", "shop", {}));
  EXPECT_FALSE(read.has_value());
  EXPECT_EQ(
      cluster.transport.request_lines(),
      (std::vector<std::string>{"GET https://api.test/api/v1/namespaces/ns/configmaps/shop"}));
}

TEST(WriteApplysetParent, AppliesTheWholeParentByServerSideApply) {
  test::FakeCluster cluster([](const auto&) { return test::FakeAnswer::json(200, "{}"); });
  ASSERT_OK(write_applyset_parent(cluster.client(), shop(), {}));
  const auto request = cluster.transport.requests().at(0);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/apply-patch+yaml");
  EXPECT_EQ(request.body, dump_json(to_config_map(shop())));
}

TEST(ApplySetOwner, IsOneDelivery) {
  ApplySetParent parent;
  parent.name = "sealift-web";
  parent.name_space = "shop";
  EXPECT_OK(check_owner(parent, "uid-1"));
  parent.annotations = {{std::string(kOwnerUidAnnotation), "uid-1"}};
  EXPECT_OK(check_owner(parent, "uid-1"));
  for (const auto* other : {"uid-2", ""}) {
    EXPECT_THAT(
        check_owner(parent, other),
        test::fails_with(ErrorCode::kConflict, "shop/sealift-web is the inventory of another"));
  }
}

}  // namespace
}  // namespace sealift::kube
