#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "contract/cluster_view_fixture.h"

namespace sealift::members {
namespace {

using objects::Health;
using objects::ObjectId;

constexpr std::string_view kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: x}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry.test/web:1"}]}
)";

class ClusterViewContract : public ViewContract {
 protected:
  ObjectId web() const { return {"apps", "Deployment", name_space_, "web"}; }
};

TEST_F(ClusterViewContract, TellsOfMembersAndTheirHealth) {
  ASSERT_OK(apply_to("a", kDeployment));
  ASSERT_OK_ASSIGN(const auto live, apply_to("a", config_map("settings")));
  ASSERT_OK(apply_to("b", config_map("other")));
  SeenView view(client_);
  view->follow(scope("a", {maps_, deployment_kind_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  // Its controller has to see it first.
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, web());
    return member && member->health.health == Health::kCurrent;
  }));
  ASSERT_OK_ASSIGN(const auto seen, view->members(set("a")));
  ASSERT_EQ(seen.members.size(), 2u);
  const auto& settings = seen.members.at(map_id("settings"));
  EXPECT_EQ(settings.health.health, Health::kCurrent);
  EXPECT_EQ(settings.object.own_fields_hash, kube::observe(live)->own_fields_hash);
  EXPECT_EQ(settings.object.uid, live.string_at({"metadata", "uid"}));
  EXPECT_EQ(view->owner_of(map_id("other")), set("b")) << "whoever's set that is";
  EXPECT_EQ(view->counts().watches, 2u);
}

TEST_F(ClusterViewContract, SeesEachKindOfDrift) {
  const struct {
    const char* name;
    std::vector<std::string> kubectl;
    bool gone;
    bool disowned;
  } kCases[] = {
      {"scaled", {"scale", "deployment", "web", "--replicas", "2"}, false, false},
      {"another image",
       {"set", "image", "deployment", "web", "web=registry.test/web:2"},
       false,
       false},
      {"a label removed", {"label", "deployment", "web", "team-"}, false, false},
      {"our set's label removed",
       {"label", "deployment", "web", "applyset.kubernetes.io/part-of-"},
       true,
       false},
      {"managedFields emptied",
       {"patch", "deployment", "web", "--type", "merge", "--patch",
        R"({"metadata":{"managedFields":[{}]}})"},
       false,
       true},
      {"deleted", {"delete", "deployment", "web", "--cascade=orphan"}, true, false},
  };
  SeenView view(client_);
  view->follow(scope("a", {deployment_kind_}));
  for (const auto& [name, command, gone, disowned] : kCases) {
    ASSERT_OK_ASSIGN(const auto live, apply_to("a", kDeployment));
    view->note_applied(set("a"), deployments_, live);
    const auto ours = kube::observe(live)->own_fields_hash;
    ASSERT_TRUE(view.await(set("a"), [&](const auto& seen) {
      const auto* member = find(seen, web());
      return member && member->object.own_fields_hash == ours;
    })) << name;
    kubectl(command);
    EXPECT_TRUE(view.await(set("a"), [&, is_gone = gone, is_disowned = disowned](const auto& seen) {
      const auto* member = find(seen, web());
      if (!member) return is_gone && seen && seen->waiting_for.empty();
      return !is_gone && member->object.own_fields_hash != ours &&
             member->object.own_fields_hash.empty() == is_disowned;
    })) << name;
  }
}

TEST_F(ClusterViewContract, AKeyThatIsRemovedIsDrift) {
  ASSERT_OK_ASSIGN(const auto live, apply_to("a", config_map("settings")));
  SeenView view(client_);
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  kubectl({"patch", "configmap", "settings", "--type", "json", "--patch",
           R"([{"op":"remove","path":"/data/key"}])"});
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, map_id("settings"));
    return member && member->object.own_fields_hash != kube::observe(live)->own_fields_hash;
  }));
}

TEST_F(ClusterViewContract, ALabelForgedOnAForeignObjectMakesItNoneOfOurs) {
  kubectl({"create", "configmap", "foreign"});
  ASSERT_OK(apply_to("b", config_map("delivered-elsewhere")));
  SeenView view(client_);
  view->follow(scope("a", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  for (const auto* name : {"foreign", "delivered-elsewhere"}) {
    kubectl(
        {"label", "--overwrite", "configmap", name, "applyset.kubernetes.io/part-of=" + set("a")});
    ASSERT_TRUE(view.await(set("a"),
                           [&](const auto& seen) { return find(seen, map_id(name)) != nullptr; }));
    EXPECT_EQ(find(view->members(set("a")), map_id(name))->object.own_fields_hash, "") << name;
  }
}

// What others change in fields of their own, and what our own applies change, wakes nobody.
TEST_F(ClusterViewContract, SaysNothingOfWhatIsNoDrift) {
  ASSERT_OK(apply_to("a", config_map("settings")));
  ASSERT_OK(apply_to("b", config_map("sentinel")));
  SeenView view(client_);
  view->follow(scope("a", {maps_}));
  view->follow(scope("b", {maps_}));
  ASSERT_TRUE(view.await_ready(set("a")));
  ASSERT_TRUE(view.await_ready(set("b")));
  // Two changes of the second set that are told one after the other: what the same watch saw before
  // them was told by then, or never will be.
  const auto wait_for_the_rest = [&] {
    auto count = view.count(set("b"));
    kubectl({"label", "configmap", "sentinel", "team-"});
    ASSERT_TRUE(view.await_more_than(set("b"), count));
    count = view.count(set("b"));
    ASSERT_OK(apply_to("b", config_map("sentinel")));
    ASSERT_TRUE(view.await_more_than(set("b"), count));
  };
  wait_for_the_rest();
  const auto before = view.count(set("a"));
  kubectl({"annotate", "configmap", "settings", "example.com/note=hello"});
  view->begin_writes(set("a"));
  ASSERT_OK_ASSIGN(const auto live, apply_to("a", config_map("settings", "2")));
  view->note_applied(set("a"), config_maps_, live);
  ASSERT_OK_ASSIGN(const auto made, apply_to("a", config_map("new")));
  view->note_applied(set("a"), config_maps_, made);
  const std::string uid(made.string_at({"metadata", "uid"}));
  ASSERT_OK(kube::delete_object(client_, config_maps_, name_space_, "new", {uid}, {}));
  view->note_deleted(set("a"), map_id("new"), uid);
  view->end_writes(set("a"));
  EXPECT_EQ(find(view->members(set("a")), map_id("new")), nullptr);
  wait_for_the_rest();
  EXPECT_EQ(view.count(set("a")), before);
  ASSERT_OK_ASSIGN(const auto seen, view->members(set("a")));
  EXPECT_EQ(seen.members.at(map_id("settings")).object.own_fields_hash,
            kube::observe(live)->own_fields_hash);
  EXPECT_EQ(seen.members.size(), 1u);
}

TEST_F(ClusterViewContract, ChecksOfADeliveryDecideHealth) {
  ASSERT_OK(apply_to("a", config_map("settings", "no")));
  SeenView view(client_);
  auto plain = scope("a", {maps_});
  view->follow(plain);
  ASSERT_TRUE(view.await_ready(set("a")));
  EXPECT_EQ(find(view->members(set("a")), map_id("settings"))->health.health, Health::kCurrent)
      << "by its metadata alone";
  auto checked = plain;
  checked.health_checks = {{"",
                            "ConfigMap",
                            {{"/data/key", delivery::FieldTest::Operator::kEquals, {Json("yes")}}},
                            {},
                            {}}};
  view->follow(checked);
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, map_id("settings"));
    return member && member->health.health == Health::kInProgress;
  }));
  kubectl({"patch", "configmap", "settings", "--type", "merge", "--patch",
           R"({"data":{"key":"yes"}})"});
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, map_id("settings"));
    return member && member->health.health == Health::kCurrent;
  }));
}

// --- Definitions.

class ClusterViewDefinitions : public ViewContract {
 protected:
  void TearDown() override {
    cluster_.kubectl({"delete", "crd", "ducks." + group_, "--ignore-not-found"});
  }
  void define(bool v1_served, bool v2_served) {
    const auto version = [](const char* name, bool served) {
      return std::string("{name: ") + name + ", served: " + (served ? "true" : "false") +
             ", storage: " + (std::string(name) == "v2" ? "true" : "false") +
             ", schema: {openAPIV3Schema: {type: object, "
             "x-kubernetes-preserve-unknown-fields: true}}}";
    };
    cluster_.kubectl_apply(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: "
        "ducks." +
        group_ + "}, spec: {group: " + group_ +
        ", scope: Namespaced, names: {kind: Duck, plural: ducks, singular: duck, listKind: "
        "DuckList}, versions: [" +
        version("v1", v1_served) + ", " + version("v2", v2_served) + "]}}");
    kubectl({"wait", "--for=condition=Established", "crd", "ducks." + group_});
  }
  bool apply_duck(const std::string& version) {
    return kube::eventually([&] {
      resources_.refresh();
      return apply_to("a", "{apiVersion: " + group_ + "/" + version +
                               ", kind: Duck, metadata: {name: donald}}")
          .has_value();
    });
  }

  const std::string group_ = name_space_ + ".example.com";
  const kube::GroupKind duck_{group_, "Duck"};
  ObjectId donald() const { return {group_, "Duck", name_space_, "donald"}; }
};

TEST_F(ClusterViewDefinitions, AKindMayComeLaterChangeItsVersionAndGo) {
  SeenView view(client_);
  view->follow(scope("a", {duck_}));
  ASSERT_TRUE(view.await_ready(set("a"))) << "there are none of what is not served";
  EXPECT_EQ(view->counts().watches, 0u);

  define(true, true);
  ASSERT_TRUE(apply_duck("v1"));
  ASSERT_TRUE(kube::eventually([&] {
    view->follow(scope("a", {duck_}));
    return find(view->members(set("a")), donald()) != nullptr;
  }));

  // The version that is watched goes, another stays: no snapshot without the member.
  ASSERT_OK_ASSIGN(const auto watched, view.resources().find_preferred(group_, "Duck", {}));
  std::atomic<bool> gone = false;
  std::jthread looking([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      const auto seen = view->members(set("a"));
      if (seen && seen->waiting_for.empty() && seen->members.empty()) gone = true;
    }
  });
  const bool was_v1 = watched.gvk.version == "v1";
  define(!was_v1, was_v1);
  const auto served = (was_v1 ? "ducks.v2." : "ducks.v1.") + group_;
  // Discovery follows the definition after a while.
  ASSERT_TRUE(kube::eventually([&] {
    return cluster_
               .kubectl({"--namespace", name_space_, "annotate", served, "donald",
                         "sealift.dev/keep=true"})
               .exit_code == 0;
  }));
  EXPECT_TRUE(view.await(set("a"), [&](const auto& seen) {
    const auto* member = find(seen, donald());
    return member && member->object.keep;
  })) << "the other version is watched";
  EXPECT_FALSE(gone);
  looking.request_stop();
  looking.join();

  kubectl({"delete", "crd", "ducks." + group_});
  EXPECT_TRUE(view.await(set("a"), [](const auto& seen) {
    return seen && seen->waiting_for.empty() && seen->members.empty();
  }));
}

}  // namespace
}  // namespace sealift::members
