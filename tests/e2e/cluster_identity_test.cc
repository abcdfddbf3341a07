#include <gmock/gmock.h>

#include "delivery_case.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;

// The Delivery's service account is who applies; the puller itself only keeps the inventory.
class ClusterIdentity : public DeliveryCase {
 protected:
  ClusterIdentity() {
    kubectl({"create", "namespace", name_});
    kubectl({"create", "serviceaccount", "deployer"});
    more_spec_ = "  serviceAccountName: deployer\n";
    put("a.yaml", config_map("a", "1"));
    put("b.yaml", config_map("b", "1"));
  }
};

TEST_F(ClusterIdentity, WithoutRightsNothingChangesAndTheMissingOneIsNamed) {
  publish();
  const auto before = snapshot();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 5) << run;
  EXPECT_EQ(run.stage(), "preflight");
  EXPECT_THAT(run.reason(), HasSubstr("system:serviceaccount:" + name_ + ":deployer"));
  EXPECT_THAT(run.reason(), HasSubstr("resource \"configmaps\""));
  EXPECT_THAT(run.reason(), HasSubstr("\"" + name_ + "\""));
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterIdentity, WithARoleInItsNamespaceItDelivers) {
  kubectl({"create", "role", "deployer", "--verb=get,list,watch,create,patch,delete",
           "--resource=configmaps"});
  kubectl({"create", "rolebinding", "deployer", "--role=deployer",
           "--serviceaccount=" + name_ + ":deployer"});
  publish();
  auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("a"), "1");
  drop("b.yaml");
  publish();
  run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("pruned"), 1);
  EXPECT_EQ(deliver().kind(), "unchanged");

  // One right too few, and of an update nothing at all is done.
  const auto before = snapshot();
  change("a.yaml", "\"1\"", "\"2\"");
  put("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
                          "}\nspec: {ports: [{port: 80}]}\n");
  publish();
  run = deliver();
  EXPECT_EQ(run.exit_code, 5) << run;
  EXPECT_THAT(run.reason(), HasSubstr("resource \"services\""));
  EXPECT_EQ(snapshot(), before);

  // The permission is the first thing to mend, whatever else is wrong.
  change("a.yaml", "value:", "\"no such key/\":");
  publish();
  run = deliver();
  EXPECT_EQ(run.exit_code, 5) << run;
  EXPECT_THAT(run.reason(), HasSubstr("refuses 2 objects"));
  EXPECT_THAT(run.reason(), HasSubstr("no such key"));
}

}  // namespace
}  // namespace sealift::e2e
