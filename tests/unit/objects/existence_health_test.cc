#include <sealift/objects/existence_health.h>

#include <gtest/gtest.h>

namespace sealift::objects {
namespace {

TEST(ExistenceHealth, NamesTheKindsThatHaveNothingToBecome) {
  const struct {
    const char* group;
    const char* kind;
    bool expected;
  } kCases[] = {
      {"", "ConfigMap", true},
      {"", "Secret", true},
      {"", "ServiceAccount", true},
      {"rbac.authorization.k8s.io", "ClusterRole", true},
      {"networking.k8s.io", "Ingress", true},
      {"storage.k8s.io", "StorageClass", true},
      {"", "Service", false},
      {"", "Pod", false},
      {"", "Namespace", false},
      {"", "PersistentVolumeClaim", false},
      {"apps", "Deployment", false},
      {"batch", "Job", false},
      {"apiextensions.k8s.io", "CustomResourceDefinition", false},
      {"example.com", "ConfigMap", false},
      {"example.com", "Secret", false},
  };
  for (const auto& [group, kind, expected] : kCases) {
    EXPECT_EQ(is_healthy_by_existing(group, kind), expected) << kind << "." << group;
  }
}

}  // namespace
}  // namespace sealift::objects
