#include <gmock/gmock.h>

#include "delivery_case.h"
#include "support/registry_server.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ClusterDelivery : public DeliveryCase {
 protected:
  std::string promotion_path() const {
    return "/apis/" + name_ + ".example.com/v1/namespaces/" + name_ + "/promotions/winter-sale";
  }
};

TEST_F(ClusterDelivery, FirstDeliveryBringsADefinitionAndItsInstance) {
  const test::RegistryServer registry("distribution");
  use_repository("oci://" + registry.address() + "/shop");
  put_shop();
  publish();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.kind(), "delivered");
  EXPECT_EQ(run.count("applied"), 9) << run;
  EXPECT_EQ(get(promotion_path()).string_at({"spec", "title"}), "Winter sale");
  EXPECT_EQ(deployment().find_path({"status", "availableReplicas"})->as_int64(), 3);
  EXPECT_THAT(inventory("applyset.kubernetes.io/contains-group-kinds"),
              HasSubstr("Promotion." + name_ + ".example.com"));
  EXPECT_EQ(inventory("dev.sealift.digest"), run.outcome.string_at({"digest"}));
  EXPECT_EQ(inventory("dev.sealift.sequence"), "1");
  EXPECT_THAT(events(), ElementsAre("accepted", "delivered"));
}

TEST_F(ClusterDelivery, AnUnchangedArtifactIsReadsAlone) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto before = snapshot();
  proxy_.forget_requests();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.kind(), "unchanged") << run;
  EXPECT_EQ(run.count("unchanged"), 9);
  EXPECT_EQ(proxy_.count([](const ProxiedRequest& r) { return r.method != "GET"; }), 0u);
  EXPECT_EQ(proxy_.count([](const ProxiedRequest& r) { return r.is_watch(); }), 0u);
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterDelivery, AnUpdateOfOneObjectIsOnePatch) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  change("config.yaml", "currency: EUR", "currency: CHF");
  publish();
  proxy_.forget_requests();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 1);
  EXPECT_EQ(run.count("unchanged"), 8);
  EXPECT_THAT(application_writes(), ElementsAre("PATCH " + core("configmaps/shop-web")));
  EXPECT_EQ(inventory_writes().size(), 1u) << "the acceptance";
  EXPECT_EQ(proxy_.count([](const ProxiedRequest& r) { return r.is_dry_run(); }), 1u);
  EXPECT_EQ(config_map_at("shop-web").string_at({"data", "currency"}), "CHF");
}

}  // namespace
}  // namespace sealift::e2e
