#include <gmock/gmock.h>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class ControllerDrift : public ControllerCase {
 protected:
  void SetUp() override {
    ControllerCase::SetUp();
    put("web.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + name_ +
            ", labels: {team: shop}}\nspec:\n  replicas: 0\n  selector: {matchLabels: "
            "{app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: "
            "{containers: [{name: web, image: 'example.com/web:1'}]}\n");
    publish();
    trust();
    start_puller();
    declare();
    wait_for("condition=Ready");
  }

  Json web() const { return get(apps("deployments/web")); }
  std::string image() const {
    const auto live = web();
    const auto* containers = live.find_path({"spec", "template", "spec", "containers"});
    if (containers == nullptr || containers->as_array()->empty()) return {};
    return std::string(containers->as_array()->front().string_at({"image"}));
  }
};

TEST_F(ControllerDrift, WhatSomebodyChangedIsPutRight) {
  kubectl({"scale", "deployment", "web", "--replicas=3"});
  EXPECT_TRUE(eventually([&] {
    const auto live = web();
    return live.find_path({"spec", "replicas"})->as_int64() == 0;
  }));
  kubectl({"set", "image", "deployment/web", "web=example.com/web:evil"});
  EXPECT_TRUE(eventually([&] { return image() == "example.com/web:1"; })) << dump_json(web());
  kubectl({"label", "deployment", "web", "team-"});
  EXPECT_TRUE(
      eventually([&] { return web().string_at({"metadata", "labels", "team"}) == "shop"; }));
  kubectl({"patch", "configmap", "a", "--type=json", "--patch",
           R"([{"op": "remove", "path": "/data/value"}])"});
  expect_value("a", "1");
  kubectl({"delete", "configmap", "b"});
  expect_value("b", "1");
  wait_for("condition=Ready");
}

TEST_F(ControllerDrift, WhatIsLeftIsCountedAndTold) {
  declare("shop", std::string(kAccount) + "  drift: detect\n");
  message_for("Delivered");
  kubectl({"delete", "configmap", "b"});
  const auto number = [](const Json& live, std::initializer_list<std::string_view> path) {
    const auto* found = live.find_path(path);
    return found == nullptr ? std::nullopt : found->as_int64();
  };
  EXPECT_TRUE(eventually([&] {
    return number(delivery("shop"), {"status", "drift", "count"}) == 1;
  })) << dump_json(delivery("shop"));
  const auto live = delivery("shop");
  EXPECT_EQ(number(live, {"status", "inventory", "objects"}), 3);
  EXPECT_EQ(condition("Ready").string_at({"status"}), "True");
  EXPECT_TRUE(eventually([&] { return warnings().find("1 drifted") != std::string::npos; }))
      << warnings();
  EXPECT_TRUE(config_map_at("b").is_null());
  directory_.write("admin", proxy_.kubeconfig(cluster_.access().bearer_token));
  const auto tree = test::run_process({program("sealift"), "tree", "shop", "--namespace", name_,
                                       "--kubeconfig", directory_.file("admin")});
  EXPECT_THAT(tree.out,
              AllOf(HasSubstr("1 missing   1 drifted"), ContainsRegex(name_ + "/a +Current\n"),
                    ContainsRegex(name_ + "/b +Missing   drifted\n")))
      << tree.err;
}

TEST_F(ControllerDrift, ItsMarkIsPutBackWhereSomebodyTookIt) {
  const auto mark = [&] {
    return std::string(
        config_map_at("a").string_at({"metadata", "labels", "applyset.kubernetes.io/part-of"}));
  };
  const auto set = mark();
  ASSERT_FALSE(set.empty());
  kubectl({"label", "configmap", "a", "applyset.kubernetes.io/part-of-"});
  EXPECT_TRUE(eventually([&] { return mark() == set; }));
}

TEST_F(ControllerDrift, AForgedMarkMakesNothingAMember) {
  const auto set = std::string(
      config_map_at("a").string_at({"metadata", "labels", "applyset.kubernetes.io/part-of"}));
  kubectl({"create", "configmap", "foreign", "--from-literal=value=precious"});
  kubectl({"label", "configmap", "foreign", "applyset.kubernetes.io/part-of=" + set});
  // An update prunes what has gone from the artifact, and that alone.
  drop("b.yaml");
  publish();
  expect_gone(core("configmaps/b"));
  wait_for("condition=Ready");
  EXPECT_EQ(value_of("foreign"), "precious");
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_EQ(value_of("foreign"), "precious");
}

}  // namespace
}  // namespace sealift::e2e
