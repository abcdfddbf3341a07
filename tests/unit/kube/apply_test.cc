#include <sealift/kube/apply.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_cluster.h"
#include "list.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

const Resource kConfigMaps{{"", "v1", "ConfigMap"}, "configmaps", true};

objects::Object config_map() {
  const auto json = parse_json(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"}})",
      "test");
  return *objects::parse_object(*json, "shop.yaml:3:1");
}

TEST(ApplyObject, PatchesWithStrictValidationAndForce) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(200, "{}"); });
  ASSERT_OK(apply_object(cluster.client(), kConfigMaps, config_map(), {}, {}));
  const auto request = cluster.transport.requests().at(0);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.url,
            "https://api.test/api/v1/namespaces/shop/configmaps/a?fieldManager=sealift&"
            "fieldValidation=Strict&force=true");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/apply-patch+yaml");
  EXPECT_EQ(request.body, dump_json(config_map().json()));
}

TEST(ApplyObject, ADryRunStoresNothing) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(200, "{}"); });
  ASSERT_OK(apply_object(cluster.client(), kConfigMaps, config_map(),
                         {.dry_run = true, .force = false}, {}));
  EXPECT_TRUE(cluster.transport.requests().at(0).url.ends_with("&force=false&dryRun=All"));
}

TEST(ApplyObject, AnErrorNamesTheObjectAndItsSource) {
  FakeCluster cluster([](const SeenRequest&) { return FakeAnswer::json(422, "bad"); });
  EXPECT_THAT(apply_object(cluster.client(), kConfigMaps, config_map(), {}, {}),
              fails_with(ErrorCode::kInvalidInput, "apply ConfigMap shop/a (shop.yaml:3:1): "));
  EXPECT_THAT(apply_object(cluster.client(), kConfigMaps, config_map(), {.dry_run = true}, {}),
              fails_with(ErrorCode::kInvalidInput, "dry run of ConfigMap shop/a"));
}

TEST(DeleteObject, NamesTheVersionThatWasJudged) {
  FakeCluster cluster([&](const SeenRequest&) { return FakeAnswer::json(200, "{}"); });
  EXPECT_OK(delete_object(cluster.client(), kConfigMaps, "shop", "a", {"u-1", "7"}, {}));
  EXPECT_OK(disown_object(cluster.client(), kConfigMaps, "shop", "a", {"u-1", "7"}, {}));
  const auto requests = cluster.transport.requests();
  EXPECT_THAT(requests.at(0).body,
              testing::HasSubstr(R"("preconditions":{"uid":"u-1","resourceVersion":"7"})"));
  EXPECT_THAT(requests.at(1).body,
              testing::HasSubstr(R"("metadata":{"uid":"u-1","resourceVersion":"7",)"));
}

TEST(DeleteObject, NamesTheUidAndTakesAMissingObject) {
  int status = 200;
  FakeCluster cluster([&](const SeenRequest&) { return FakeAnswer::json(status, "{}"); });
  EXPECT_OK(delete_object(cluster.client(), kConfigMaps, "shop", "a", {"u-1"}, {}));
  const auto request = cluster.transport.requests().at(0);
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.body,
            R"({"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background",)"
            R"("preconditions":{"uid":"u-1"}})");
  status = 404;
  EXPECT_OK(delete_object(cluster.client(), kConfigMaps, "shop", "a", {"u-1"}, {}));
  status = 409;
  EXPECT_THAT(delete_object(cluster.client(), kConfigMaps, "shop", "a", {"u-1"}, {}),
              fails_with(ErrorCode::kConflict, "delete ConfigMap shop/a"));
}

// The members of a set by their label, as a watch lists them where it cannot stream.
Result<std::vector<ObservedObject>> list_members(const ApiClient& client,
                                                 const std::string& applyset_id) {
  ListOptions options;
  options.label_selector = std::string(kPartOfLabel) + "=" + applyset_id;
  options.metadata_only = true;
  std::vector<ObservedObject> members;
  ListCallbacks callbacks;
  callbacks.on_item = [&](const Json& item) -> Result<> {
    SEALIFT_ASSIGN(auto member, observe_member(kConfigMaps, item));
    members.push_back(std::move(member));
    return {};
  };
  callbacks.on_restart = [&]() -> Result<> {
    members.clear();
    return {};
  };
  SEALIFT_TRY(list_in_pages(client, kConfigMaps, options, callbacks, {}));
  return members;
}

// A server with `total` members, of which a page holds what was asked for.
FakeAnswer page_of(const SeenRequest& request, int total) {
  const auto token = request.url.find("&continue=");
  const int from = token == std::string::npos ? 0 : std::stoi(request.url.substr(token + 10));
  const int to = std::min(from + 500, total);
  std::string items;
  for (int i = from; i < to; ++i) {
    const auto n = std::to_string(i);
    items += (i > from ? "," : "") + std::string(R"({"metadata":{"name":"m)") + n +
             R"(","namespace":"shop","uid":"u)" + n + "\"}}";
  }
  const auto next = to < total ? std::to_string(to) : "";
  return FakeAnswer::json(200, R"({"metadata":{"resourceVersion":"9","continue":")" + next +
                                   R"("},"items":[)" + items + "]}");
}

TEST(ListMembers, ReadsAllPages) {
  FakeCluster cluster([](const SeenRequest& request) { return page_of(request, 1201); });
  ASSERT_OK_ASSIGN(const auto members, list_members(cluster.client(), "applyset-x-v1"));
  EXPECT_EQ(members.size(), 1201u);
  EXPECT_EQ(members.back().id.name, "m1200");
  const auto requests = cluster.transport.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].url,
            "https://api.test/api/v1/configmaps?limit=500&labelSelector="
            "applyset.kubernetes.io%2Fpart-of%3Dapplyset-x-v1");
  EXPECT_EQ(requests[0].headers.get("Accept"),
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
}

TEST(ListMembers, StartsAgainWhereTheServerForgotTheState) {
  int calls = 0;
  FakeCluster cluster([&](const SeenRequest& request) {
    return ++calls == 2 ? FakeAnswer::json(410, "{}") : page_of(request, 600);
  });
  ASSERT_OK_ASSIGN(const auto members, list_members(cluster.client(), "x"));
  EXPECT_EQ(members.size(), 600u);
}

TEST(ListMembers, DoesNotStartAgainForEver) {
  FakeCluster cluster([&](const SeenRequest& request) {
    const bool first = request.url.find("continue") == std::string::npos;
    return first ? page_of(request, 600) : FakeAnswer::json(410, "{}");
  });
  EXPECT_THAT(list_members(cluster.client(), "x"), fails_with(ErrorCode::kConflict));
  EXPECT_EQ(cluster.transport.request_count(), 8u);
}

// An object of another delivery, relabelled with kubectl, still has an entry of the manager
// "sealift": for what it was applied as there. It must not be pruned here.
TEST(ListMembers, DisownsWhatAnotherManagerLabelled) {
  constexpr std::string_view kLabel = R"("f:labels":{"f:applyset.kubernetes.io/part-of":{}})";
  const auto item = [](const std::string& name, std::string_view ours, std::string_view theirs) {
    return R"({"metadata":{"name":")" + name + R"(","uid":"u","managedFields":[)" +
           R"({"manager":"sealift","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:metadata":{)" +
           std::string(ours) + R"(}}},{"manager":"kubectl-label","operation":"Update",)" +
           R"("apiVersion":"v1","fieldsV1":{"f:metadata":{)" + std::string(theirs) + "}}}]}}";
  };
  FakeCluster cluster([&](const SeenRequest&) {
    return FakeAnswer::json(200, R"({"metadata":{"resourceVersion":"9"},"items":[)" +
                                     item("applied", kLabel, "") + "," +
                                     item("relabelled", R"("f:annotations":{})", kLabel) + "]}");
  });
  ASSERT_OK_ASSIGN(const auto members, list_members(cluster.client(), "x"));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].own_fields_hash.size(), 64u) << members[0].id.name;
  EXPECT_EQ(members[1].own_fields_hash, "") << members[1].id.name;
}

TEST(ListMembers, BoundsTheList) {
  FakeCluster cluster([](const SeenRequest& request) { return page_of(request, 1'000'000); });
  EXPECT_THAT(list_members(cluster.client(), "x"),
              fails_with(ErrorCode::kInvalidInput, "100000 items"));
}

}  // namespace
}  // namespace sealift::kube
