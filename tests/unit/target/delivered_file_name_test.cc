#include <sealift/target/directory_target.h>

#include <gtest/gtest.h>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using sealift::test::config_map;
using sealift::test::object_of;
using test::desired_of;

TEST(DeliveredFileName, TellsStageAndIdentityAndComesBack) {
  const std::string role = "rbac.authorization.k8s.io/v1";
  const std::pair<std::string, std::string> cases[] = {
      {config_map("a.b-c"), "2000_ConfigMap_shop_a.b-c.yaml"},
      {config_map("a", "1", ", annotations: {sealift.dev/wave: '-1000'}"),
       "1000_ConfigMap_shop_a.yaml"},
      {config_map("a", "1", ", annotations: {sealift.dev/wave: '1000'}"),
       "3000_ConfigMap_shop_a.yaml"},
      {object_of("v1", "Namespace", "n"), "0000_Namespace__n.yaml"},
      {object_of("storage.k8s.io/v1", "StorageClass", "s"),
       "0500_StorageClass.storage.k8s.io__s.yaml"},
      {object_of(role, "ClusterRole", "system:a_b"),
       "0000_ClusterRole.rbac.authorization.k8s.io__system%3aa%5fb.yaml"},
      {object_of(role, "Role", "a b\\n\\0é\\\\"),
       "2000_Role.rbac.authorization.k8s.io_shop_a%20b%0a%00%c3%a9%5c.yaml"},
  };
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    ASSERT_OK_ASSIGN(const auto desired, desired_of({text}));
    const auto name = file_name_of(desired.objects[0]);
    EXPECT_EQ(name, expected);
    const auto id = id_of_file_name(name);
    ASSERT_TRUE(id);
    EXPECT_EQ(*id, desired.objects[0].object.id());
  }
}

TEST(DeliveredFileName, KnowsWhatIsNotOurs) {
  for (const auto* name :
       {"", ".yaml", "README.md", ".sealift", "kustomization.yaml", "2000_ConfigMap_shop_a.yml",
        "200_ConfigMap_shop_a.yaml", "20000_ConfigMap_shop_a.yaml", "2o00_ConfigMap_shop_a.yaml",
        "2000__shop_a.yaml", "2000_ConfigMap_shop_.yaml", "2000_ConfigMap_shop_a_b.yaml",
        "2000_ConfigMap_shop.yaml", "2000_ConfigMap_shop_a%5F.yaml",
        "2000_ConfigMap_shop_a%61.yaml", "2000_ConfigMap_shop_a%.yaml",
        "2000_ConfigMap_shop_a%5.yaml", "2000_ConfigMap_shop_a:b.yaml",
        ".2000_ConfigMap_shop_a.yaml.0011223344556677.tmp"}) {
    EXPECT_FALSE(id_of_file_name(name)) << name;
  }
}

}  // namespace
}  // namespace sealift::target
