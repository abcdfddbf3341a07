#include <sealift/console/delivery_tree.h>
#include <sealift/console/trace.h>
#include <sealift/kube/apply_set.h>

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "support/result_matchers.h"
#include "unit/kube/fake_cluster.h"

// Anybody who may edit an object can give it the label of any Delivery's ApplySet.
namespace sealift::console {
namespace {

using test::fails_with;
using test::FakeAnswer;
using testing::HasSubstr;

const std::string kId = kube::applyset_id("web", "shop", "Delivery", "sealift.dev");
const std::string kConfigMaps = "/api/v1/namespaces/shop/configmaps";
const std::string kPods = "/api/v1/namespaces/shop/pods";
const std::string kDeliveries = "/apis/sealift.dev/v1alpha1/deliveries";

// With the label of shop/web, as `manager` wrote it.
std::string labelled(const std::string& kind, const std::string& name, const std::string& manager,
                     const std::string& more_metadata = {}) {
  return R"({"apiVersion": "v1", "kind": ")" + kind + R"(", "metadata": {"name": ")" + name +
         R"(", "namespace": "shop", "uid": "u-)" + name +
         R"(", "labels": {"applyset.kubernetes.io/part-of": ")" + kId +
         R"("}, "managedFields": [{"manager": ")" + manager +
         R"(", "operation": "Apply", "apiVersion": "v1", "fieldsV1": {"f:metadata": {"f:labels": {
           "f:applyset.kubernetes.io/part-of": {}}}}}])" +
         more_metadata + "}}";
}

std::string owned_by(const std::string& name, const std::string& uid) {
  return R"(, "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "controller": true,
           "name": ")" +
         name + R"(", "uid": ")" + uid + "\"}]";
}

std::string delivery_named(const std::string& name) {
  return R"({"apiVersion": "sealift.dev/v1alpha1", "kind": "Delivery", "metadata": {
    "name": ")" +
         name + R"(", "namespace": "shop", "uid": "d-)" + name + R"(",
    "labels": {"applyset.kubernetes.io/id": ")" +
         kId + R"("},
    "annotations": {"applyset.kubernetes.io/contains-group-kinds": "ConfigMap"}},
    "status": {"artifact": {"signers": ["release"]}}})";
}

std::string list_of(const std::string& items) { return R"({"items": [)" + items + "]}"; }

class ForeignLabel : public testing::Test {
 protected:
  Result<Origin> trace(const std::string& text) {
    return trace_object(cluster_.client(), *parse_object_question(text), "shop", {});
  }

  std::map<std::string, std::string> documents_ = {
      {"/api", R"({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": ""},
         "versions": [{"version": "v1", "resources": [
           {"resource": "pods", "scope": "Namespaced", "responseKind": {"kind": "Pod"}},
           {"resource": "configmaps", "scope": "Namespaced",
            "responseKind": {"kind": "ConfigMap"}}]}]}]})"},
      {"/apis", R"({"kind": "APIGroupDiscoveryList", "items": []})"},
      {kDeliveries, list_of(delivery_named("web"))},
      {kConfigMaps + "/good", labelled("ConfigMap", "good", "sealift")},
  };
  test::FakeCluster cluster_{[this](const test::SeenRequest& request) {
    const auto url = request.url.substr(std::string("https://api.test").size());
    const auto found = documents_.find(url.substr(0, url.find('?')));
    if (found != documents_.end()) return FakeAnswer::json(200, found->second);
    return FakeAnswer::json(404, R"({"kind": "Status", "reason": "NotFound"})");
  }};
};

TEST_F(ForeignLabel, IsNoWayToADeliverysSigners) {
  documents_[kPods + "/evil"] = labelled("Pod", "evil", "kubectl");
  ASSERT_OK_ASSIGN(const auto good, trace("cm/good"));
  EXPECT_EQ(good.delivery.record.name.name, "web");
  EXPECT_THAT(trace("pod/evil"),
              fails_with(ErrorCode::kNotFound,
                         "Pod shop/evil was not delivered by Sealift: it has the label "
                         "applyset.kubernetes.io/part-of, but somebody else put it there"));
}

TEST_F(ForeignLabel, OfAnObjectDoesNotHideItsOwner) {
  documents_[kPods + "/made"] = labelled("Pod", "made", "maker", owned_by("good", "u-good"));
  ASSERT_OK_ASSIGN(const auto made, trace("pod/made"));
  EXPECT_EQ(made.member.name, "good");
}

TEST_F(ForeignLabel, AnOwnerOfAnotherUidIsNone) {
  documents_[kPods + "/left"] = labelled("Pod", "left", "maker", owned_by("good", "u-before"));
  EXPECT_THAT(trace("pod/left"), fails_with(ErrorCode::kNotFound, "was not delivered by Sealift"));
}

TEST_F(ForeignLabel, OfADeliveryMakesItNoParent) {
  documents_[kDeliveries] = list_of(delivery_named("mine") + ", " + delivery_named("web"));
  ASSERT_OK_ASSIGN(const auto good, trace("cm/good"));
  EXPECT_EQ(good.delivery.record.name.name, "web");
}

TEST_F(ForeignLabel, IsShownApartFromTheMembers) {
  ASSERT_OK_ASSIGN(const auto document, parse_json(delivery_named("web"), "the test"));
  const KnownDelivery web{read_delivery_record(document), *inventory_of_delivery(document),
                          document};
  documents_[kConfigMaps] = list_of(labelled("ConfigMap", "forged", "kubectl") + ", " +
                                    labelled("ConfigMap", "good", "sealift"));
  const auto client = cluster_.client();
  kube::ResourceMap resources(client);
  ASSERT_OK_ASSIGN(const auto members, list_delivery_members(client, resources, web, {}, {}));
  EXPECT_EQ(members.objects.size(), 1u);
  EXPECT_THAT(tree_text(web, members, false),
              HasSubstr("├─ ConfigMap\n"
                        "│  └─ shop/good   Current\n"
                        "└─ not delivered: somebody else wrote their label "
                        "applyset.kubernetes.io/part-of\n"
                        "   └─ ConfigMap shop/forged\n"));
  const auto json = tree_json(web, members);
  ASSERT_EQ(json.find("foreign")->as_array()->size(), 1u);
  EXPECT_EQ(json.find("foreign")->as_array()->front().string_at({"name"}), "forged");
}

}  // namespace
}  // namespace sealift::console
