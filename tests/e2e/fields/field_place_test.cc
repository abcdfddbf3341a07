#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What is delivered, where to, and after whom.
class FieldPlace : public FieldCase {
 protected:
  std::string in(const std::string& name_space, const std::string& config_map) const {
    return "/api/v1/namespaces/" + name_space + "/configmaps/" + config_map;
  }
};

TEST_F(FieldPlace, PathTakesOneFolder) {
  put("one/a.yaml", bare_map("a", "1"));
  put("one/deep/b.yaml", bare_map("b", "1"));
  put("one-more/c.yaml", bare_map("c", "1"));
  publish();
  declare("shop", folder("./one/"));
  declare("lost", folder("two"));
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(value_of("b"), "1");
  EXPECT_TRUE(config_map_at("c").is_null());
  EXPECT_THAT(message_for("PlanFailed", "lost"), HasSubstr("no objects below the path two"));
}

TEST_F(FieldPlace, TheTargetNamespaceTakesAllAndCommonMetadataIsOnAll) {
  const auto other = name_ + "-eu";
  write("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + other + "}\n");
  grant(other, name_ + ":deployer", kDeployed);
  put("a.yaml", bare_map("a", "1", "labels: {team: mine}"));
  put("b.yaml", config_map("b", "1"));
  publish();
  const std::string common =
      "  commonMetadata: {labels: {team: shop}, annotations: {example.com/pager: \"yes\"}}\n";
  declare("shop", "  targetNamespace: " + other + "\n" + common);
  expect_ready("shop");
  EXPECT_TRUE(config_map_at("b").is_null());
  for (const auto* name : {"a", "b"}) {
    const auto live = get(in(other, name));
    EXPECT_EQ(live.string_at({"metadata", "labels", "team"}), "shop");
    EXPECT_EQ(live.string_at({"metadata", "annotations", "example.com/pager"}), "yes");
  }
  // Without them all moves back, and nothing is left.
  declare("shop");
  expect_value("a", "1");
  expect_gone(in(other, "a"));
  expect_gone(in(other, "b"));
  expect_ready("shop");
  EXPECT_EQ(config_map_at("a").string_at({"metadata", "labels", "team"}), "mine");
  EXPECT_EQ(config_map_at("b").find_path({"metadata", "labels", "team"}), nullptr);
}

TEST_F(FieldPlace, VariablesComeFromTheDeliveryAndFromConfigMaps) {
  const std::string text = "${FIRST:=none} ${SECOND:=none} ${THIRD:=none}";
  for (const std::string name : {"all", "optional", "missing"}) {
    put(name + "/a.yaml", bare_map(name, text));
  }
  put("wrong/a.yaml", bare_map("wrong", "${FIRST"));
  publish();
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: facts, namespace: " + name_ +
        "}\ndata: {FIRST: f1, SECOND: f2, THIRD: f3}\n---\napiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: more, namespace: " +
        name_ + "}\ndata: {SECOND: m2, THIRD: m3}\n");
  const std::string from = "  substituteFrom: [{kind: ConfigMap, name: ";
  declare("all", folder("all") + from + "facts}, {kind: ConfigMap, name: more}]\n" +
                     "  substitute: {THIRD: own}\n");
  declare("optional",
          folder("optional") + from + "later, optional: true}]\n" + "  substitute: {FIRST: own}\n");
  declare("missing", folder("missing") + from + "later}]\n");
  declare("wrong", folder("wrong") + "  substitute: {FIRST: own}\n");
  for (const auto* name : {"all", "optional"}) expect_ready(name);
  EXPECT_EQ(value_of("all"), "f1 m2 own");
  EXPECT_EQ(value_of("optional"), "own none none");
  EXPECT_THAT(message_for("PlanFailed", "missing"),
              AllOf(HasSubstr("ConfigMap later"), HasSubstr("create it there")));
  EXPECT_THAT(message_for("PlanFailed", "wrong"), HasSubstr("wrong/a.yaml"));
  EXPECT_TRUE(config_map_at("missing").is_null());
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: later, namespace: " + name_ +
        "}\ndata: {FIRST: late, SECOND: late}\n");
  expect_value("missing", "late late none");
  expect_value("optional", "own late none");
  patch(core("configmaps/facts"), R"({"data": {"FIRST": "changed"}})");
  expect_value("all", "changed m2 own");
}

TEST_F(FieldPlace, ADependencyOfAnotherNamespaceHasToAllowIt) {
  const auto other = name_ + "-base";
  make_namespace(other);
  put("a.yaml", bare_map("a", "1"));
  publish();
  const auto base = [&](const std::string& allowed) {
    write("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: base, namespace: " +
          other + ", annotations: {" + allowed + "}}\nspec: {artifact: {url: '" + repository_ +
          "', tag: prod}, interval: 1s, serviceAccountName: deployer}\n");
  };
  const std::string key = "sealift.dev/allow-dependents: ";
  base(key + "\"somebody, someone-else\"");
  const std::string needs = "  dependsOn: [{name: base, namespace: " + other + "}]\n";
  declare("shop", needs);
  EXPECT_THAT(message_for("Forbidden", "shop"),
              AllOf(HasSubstr(other + "/base of another namespace"),
                    HasSubstr("sealift.dev/allow-dependents")));
  // Whether it is there at all is not told.
  declare("curious", "  dependsOn: [{name: nothing, namespace: " + other + "}]\n");
  EXPECT_THAT(message_for("Forbidden", "curious"), HasSubstr("may not depend on it"));
  EXPECT_TRUE(config_map_at("a").is_null());
  base(key + "\"somebody," + name_ + "\"");
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "1");
  remove("/apis/sealift.dev/v1alpha1/namespaces/" + other + "/deliveries");
}

}  // namespace
}  // namespace sealift::e2e
