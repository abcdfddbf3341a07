#include <gmock/gmock.h>

#include <cstdlib>

#include "field_case.h"
#include "support/registry_server.h"

namespace sealift::e2e {
namespace {

using testing::Each;
using testing::IsEmpty;

class FieldRest : public FieldCase {
 protected:
  static constexpr int kDeliveries = 100;

  static std::string objects() {
    const std::string metadata = "metadata: {name: \"app-${NUMBER}\"}\n";
    return "apiVersion: v1\nkind: ConfigMap\n" + metadata +
           "data: {a: b}\n---\napiVersion: v1\nkind: ServiceAccount\n" + metadata +
           "---\napiVersion: v1\nkind: Service\n" + metadata +
           "spec: {clusterIP: None, ports: [{port: 80}]}\n";
  }
  // Of all namespaces.
  bool all_are_ready() const {
    const auto list = get("/apis/sealift.dev/v1alpha1/deliveries");
    int ready = 0;
    for (const auto& one : *list.find("items")->as_array()) {
      if (one.string_at({"metadata", "namespace"}) != name_) return false;  // of a case before
      ready += dump_json(one).find(R"("reason":"Delivered","status":"True")") != std::string::npos;
    }
    return ready == kDeliveries;
  }
};

// Runs go by, several for each Delivery, and nobody is asked but the registry, once for all that
// name one artifact. (The same for two minutes, with processor time and memory:
// ./dev bench puller --steady-seconds 120.)
TEST_F(FieldRest, WhereNothingDriftsTheApiServerHearsNothing) {
  const test::RegistryServer registry("distribution");
  test::CountingProxy front("http://" + registry.address(), nullptr);
  use_repository("oci://" + front.url().substr(std::string_view("http://").size()) + "/shop");
  make_namespace(name_, R"([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])");
  put("app.yaml", objects());
  publish();
  for (int i = 0; i < kDeliveries; ++i) {
    const auto number = std::to_string(i);
    declare("app-" + number, "  artifact: {url: '" + repository_ +
                                 "', tag: prod, insecure: true}\n  interval: 2s\n"
                                 "  substitute: {NUMBER: \"" +
                                 number + "\"}\n");
  }
  ASSERT_TRUE(eventually([&] { return all_are_ready(); }));
  // One round more, in which the last statuses are written.
  const auto runs_of_rounds = [&](int rounds) {
    const auto until = unchanged_runs() + rounds * kDeliveries;
    EXPECT_TRUE(eventually([&] { return unchanged_runs() >= until; }));
  };
  runs_of_rounds(1);
  const auto asked_before = requests_without_watches().size();
  front.forget_requests();
  runs_of_rounds(3);
  auto asked = requests_without_watches();
  asked.erase(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(asked_before));
  EXPECT_THAT(asked, IsEmpty());
  std::vector<std::string> heads;
  for (const auto& request : front.requests()) heads.push_back(request.line());
  EXPECT_THAT(heads, Each("HEAD /v2/shop/manifests/prod"));
  EXPECT_LT(heads.size() * 10, 3 * kDeliveries) << "they share one";
}

}  // namespace
}  // namespace sealift::e2e
