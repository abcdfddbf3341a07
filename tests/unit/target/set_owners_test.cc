#include "set_owners.h"

#include <sealift/kube/apply_set.h>

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "unit/kube/fake_cluster.h"

namespace sealift::target {
namespace {

using sealift::test::FakeAnswer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kDeliveries = "/apis/sealift.dev/v1alpha1/deliveries";
const std::string kConfigMaps = "/api/v1/configmaps";
const std::string kForbidden = R"({"kind": "Status", "code": 403, "reason": "Forbidden"})";

std::string named(const std::string& name) {
  return R"({"metadata": {"name": ")" + name + R"(", "namespace": "shop"}})";
}

std::string list_of(const std::string& items) { return R"({"items": [)" + items + "]}"; }

class SetOwnersTest : public testing::Test {
 protected:
  std::string conflict(const std::string& applyset_id) {
    const auto client = cluster_.client();
    SetOwners owners(client);
    (void)owners.conflict({"", "ConfigMap", "shop", "other"}, applyset_id, {});
    const auto error = owners.conflict({"", "ConfigMap", "shop", "conf"}, applyset_id, {});
    EXPECT_EQ(error.code(), ErrorCode::kConflict);
    return error.message();
  }

  // By path; what is missing is forbidden.
  std::map<std::string, std::string> lists_{{kDeliveries, list_of("")}};
  sealift::test::FakeCluster cluster_{[this](const sealift::test::SeenRequest& request) {
    const auto url = request.url.substr(std::string("https://api.test").size());
    const auto found = lists_.find(url.substr(0, url.find('?')));
    if (found == lists_.end()) return FakeAnswer::json(403, kForbidden);
    return FakeAnswer::json(found->second.empty() ? 404 : 200, found->second);
  }};
};

TEST_F(SetOwnersTest, NameTheDeliveryWhoseSetItIs) {
  lists_[kDeliveries] = list_of(named("mine") + ", " + named("web"));
  EXPECT_THAT(conflict(kube::applyset_id("web", "shop", "Delivery", "sealift.dev")),
              AllOf(HasSubstr("ConfigMap shop/conf belongs to the Delivery shop/web (its label "),
                    HasSubstr("remove it from one of the two artifacts")));
  EXPECT_EQ(cluster_.transport.request_count(), 1u) << "asked once for each set";
}

TEST_F(SetOwnersTest, NameTheInventoryOfADeliveryThatIsAFile) {
  lists_[kDeliveries] = "";
  lists_[kConfigMaps] = list_of(named("sealift-web"));
  EXPECT_THAT(conflict(kube::applyset_id("sealift-web", "shop", "ConfigMap", "")),
              HasSubstr("belongs to the delivery with the inventory ConfigMap shop/sealift-web"));
}

TEST_F(SetOwnersTest, SayHowToTakeOverWhatADeliveryHasLeft) {
  lists_[kDeliveries] = list_of(named("web"));  // which has that label and not that set
  const auto text = conflict("applyset-gone-v1");
  EXPECT_THAT(text, AllOf(HasSubstr("none that can be seen in this cluster is that one"),
                          HasSubstr("take the label off the object to have it taken over"),
                          Not(HasSubstr("from one of the two"))));
}

TEST_F(SetOwnersTest, LeaveBothWaysWhereNobodyCanTell) {
  lists_.clear();
  EXPECT_THAT(conflict("applyset-other-v1"),
              AllOf(HasSubstr("remove it from one of the two artifacts, or"),
                    HasSubstr("take the label off the object")));
}

}  // namespace
}  // namespace sealift::target
