#include <sealift/controller/definitions.h>
#include <sealift/objects/object.h>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

std::string shipped(const std::string& name) {
  std::ifstream stream(std::string(SEALIFT_SOURCE_DIR) + "/packaging/crds/" + name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Definitions, AreTheShippedFiles) {
  const std::pair<std::string_view, std::string> cases[] = {
      {delivery_definition(), "deliveries.sealift.dev"},
      {trust_policy_definition(), "trustpolicies.sealift.dev"},
  };
  for (const auto& [embedded, name] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(embedded, shipped(name + ".yaml"));
    ASSERT_OK_ASSIGN(const auto objects, objects::parse_objects(embedded, name));
    ASSERT_EQ(objects.size(), 1u);
    EXPECT_EQ(objects[0].id(),
              (objects::ObjectId{"apiextensions.k8s.io", "CustomResourceDefinition", "", name}));
  }
}

}  // namespace
}  // namespace sealift::controller
