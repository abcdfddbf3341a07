#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What a Delivery's account may not do. The puller itself has the roles that are shipped, as in
// every other case.
class FieldAccess : public FieldCase {
 protected:
  // The account "no-VERB" may do everything with ConfigMaps but this.
  void make_account_without(const std::string& verb) const {
    std::string verbs;
    for (const std::string one : {"get", "list", "watch", "create", "patch", "delete"}) {
      if (one != verb) verbs += (verbs.empty() ? "\"" : ", \"") + one + "\"";
    }
    write("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: no-" + verb +
          ", namespace: " + name_ + "}\n");
    grant(name_, name_ + ":no-" + verb,
          R"([{"apiGroups": [""], "resources": ["configmaps"], "verbs": [)" + verbs + "]}]");
  }
  auto names_what_is_missing(const std::string& verb) const {
    return AllOf(HasSubstr("cannot " + verb + " resource \"configmaps\""),
                 HasSubstr("system:serviceaccount:" + name_ + ":no-" + verb),
                 HasSubstr("in the namespace \"" + name_ + "\""),
                 HasSubstr("allow it with a Role or ClusterRole bound to this "));
  }
};

TEST_F(FieldAccess, EachMissingPermissionIsNamedAndNothingIsTouched) {
  // To watch is to know what is there: nothing can be planned without.
  const std::string all[] = {"watch", "get", "create", "patch"};
  for (const auto& verb : all) {
    put(verb + "/a.yaml", bare_map(verb, "1"));
    make_account_without(verb);
  }
  publish();
  for (const auto& verb : all) {
    declare(verb, folder(verb) + "  serviceAccountName: no-" + verb + "\n");
  }
  for (const auto& verb : all) {
    EXPECT_THAT(message_for("Forbidden", verb), names_what_is_missing(verb));
    EXPECT_TRUE(config_map_at(verb).is_null());
    grant(name_, name_ + ":no-" + verb, kDeployed);
  }
  for (const auto& verb : all) expect_value(verb, "1");
  for (const auto& verb : all) expect_ready(verb);
}

TEST_F(FieldAccess, WithoutDeleteNothingIsPruned) {
  make_account_without("delete");
  for (const auto* name : {"a", "b"}) put(std::string(name) + ".yaml", bare_map(name, "1"));
  publish();
  declare("shop", "  serviceAccountName: no-delete\n");
  expect_ready("shop");
  drop("b.yaml");
  publish();
  EXPECT_THAT(message_for("Forbidden", "shop"), names_what_is_missing("delete"));
  EXPECT_EQ(value_of("b"), "1");
  grant(name_, name_ + ":no-delete", kDeployed);
  expect_gone(core("configmaps/b"));
  expect_ready("shop");
}

// All in it is somebody else's, whatever the artifact and the Delivery say.
TEST_F(FieldAccess, ANamespaceWithoutPowerIsNotTouched) {
  const auto other = name_ + "-other";
  write("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + other + "}\n");
  put("named/a.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: " + other + "}\n");
  put("own/a.yaml", bare_map("own", "1"));
  put("mixed/a.yaml", bare_map("mixed", "1"));
  put("mixed/b.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: " + other + "}\n");
  put("nobody/a.yaml", bare_map("nobody", "1"));
  publish();
  declare("named", folder("named"));
  declare("own", folder("own") + "  targetNamespace: " + other + "\n");
  declare("mixed", folder("mixed"));
  declare("nobody", folder("nobody") + "  serviceAccountName: nobody\n");
  for (const auto* name : {"named", "own", "mixed"}) {
    EXPECT_THAT(message_for("Forbidden", name),
                AllOf(HasSubstr("system:serviceaccount:" + name_ + ":deployer"),
                      HasSubstr("resource \"configmaps\""),
                      HasSubstr("in the namespace \"" + other + "\""), HasSubstr("allow it with")));
  }
  EXPECT_THAT(message_for("Forbidden", "nobody"),
              HasSubstr("system:serviceaccount:" + name_ + ":nobody"));
  EXPECT_TRUE(config_map_at("mixed").is_null()) << "its own half was not written either";
  EXPECT_TRUE(config_map_at("nobody").is_null());
  const auto all = get("/api/v1/namespaces/" + other + "/configmaps");
  for (const auto& one : *all.find("items")->as_array()) {
    EXPECT_EQ(one.string_at({"metadata", "name"}), "kube-root-ca.crt");
  }
}

}  // namespace
}  // namespace sealift::e2e
