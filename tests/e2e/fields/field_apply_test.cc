#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// How changes are written, and what is removed.
class FieldApply : public FieldCase {
 protected:
  // A ConfigMap that cannot be changed any more.
  static std::string fixed(const std::string& name, const std::string& metadata = {}) {
    return bare_map(name, "1", metadata) + "immutable: true\n";
  }
  std::string uid_of(const std::string& path) const {
    return std::string(get(path).string_at({"metadata", "uid"}));
  }
};

TEST_F(FieldApply, ForceReplacesWhatCannotBeChanged) {
  put("forced/a.yaml", fixed("forced"));
  put("marked/a.yaml", fixed("marked", "annotations: {sealift.dev/force: \"true\"}"));
  put("plain/a.yaml", fixed("plain"));
  put("kept/a.yaml", fixed("kept", "annotations: {sealift.dev/keep: \"true\"}"));
  put("claim/a.yaml",
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: claim}\nspec: {accessModes: "
      "[ReadWriteOnce], storageClassName: \"1\", resources: {requests: {storage: 1Gi}}}\n");
  publish();
  const std::string force = "  force: true\n";
  declare("forced", folder("forced") + force);
  declare("marked", folder("marked"));
  declare("plain", folder("plain"));
  declare("kept", folder("kept") + force);
  declare("claim", folder("claim") + force + "  wait: false\n");
  for (const auto* name : {"forced", "marked", "plain", "kept", "claim"}) expect_ready(name);
  const auto claim = core("persistentvolumeclaims/claim");
  const auto claimed = uid_of(claim);
  for (const auto* name : {"forced", "marked", "plain", "kept", "claim"}) {
    change(std::string(name) + "/a.yaml", "\"1\"", "\"2\"");
  }
  publish();
  expect_value("forced", "2");
  expect_value("marked", "2");
  EXPECT_THAT(message_for("PreflightFailed", "plain"),
              AllOf(HasSubstr("ConfigMap " + name_ + "/plain"), HasSubstr("field is immutable"),
                    HasSubstr("sealift.dev/force")));
  EXPECT_THAT(message_for("PreflightFailed", "kept"),
              AllOf(HasSubstr("field is immutable"), HasSubstr("sealift.dev/keep")));
  EXPECT_THAT(message_for("PreflightFailed", "claim"),
              AllOf(HasSubstr("is immutable"), HasSubstr("its data would go")));
  EXPECT_EQ(value_of("plain"), "1");
  EXPECT_EQ(value_of("kept"), "1");
  EXPECT_EQ(uid_of(claim), claimed);
  // Who is allowed later goes on then.
  declare("plain", folder("plain") + force);
  expect_value("plain", "2");
  expect_ready("plain");
}

// Not only what the server calls immutable fields.
TEST_F(FieldApply, ForceReplacesABindingOfAnotherRole) {
  const std::string rbac = "rbac.authorization.k8s.io";
  make_namespace(name_, R"([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])");
  put("a.yaml", "apiVersion: " + rbac + "/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: " +
                    "{apiGroup: " + rbac + ", kind: Role, name: deployer}\nsubjects: []\n");
  publish();
  declare("shop", "  force: true\n");
  expect_ready("shop");
  change("a.yaml", "name: deployer", "name: other");
  put("role.yaml", "apiVersion: " + rbac + "/v1\nkind: Role\nmetadata: {name: other}\nrules: []\n");
  publish();
  const auto path = "/apis/" + rbac + "/v1/namespaces/" + name_ + "/rolebindings/b";
  EXPECT_TRUE(eventually([&] { return get(path).string_at({"roleRef", "name"}) == "other"; }))
      << status_of("shop");
  expect_ready("shop");
}

TEST_F(FieldApply, PreflightDecidesWhetherHalfOfAnUpdateIsWritten) {
  for (const std::string name : {"asked", "unasked"}) {
    put(name + "/a.yaml", bare_map(name, "1"));
  }
  publish();
  declare("asked", folder("asked"));
  declare("unasked", folder("unasked") + "  preflight: false\n");
  for (const std::string name : {"asked", "unasked"}) {
    expect_ready(name);
    change(name + "/a.yaml", "\"1\"", "\"2\"");
    put(name + "/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name +
                              "-b, annotations: {sealift.dev/wave: \"1\"}}\ndatum: {}\n");
  }
  publish();
  EXPECT_THAT(message_for("PreflightFailed", "asked"),
              AllOf(HasSubstr("datum"), HasSubstr("nothing was changed")));
  EXPECT_EQ(value_of("asked"), "1");
  EXPECT_THAT(message_for("ApplyFailed", "unasked"), HasSubstr("datum"));
  EXPECT_EQ(value_of("unasked"), "2");
}

TEST_F(FieldApply, PruneAndItsLimit) {
  for (const std::string name : {"always", "never", "limited"}) {
    for (const std::string part : {"a", "b", "c"}) {
      put(name + "/" + part + ".yaml", bare_map(name + "-" + part, "1"));
    }
  }
  publish();
  declare("always", folder("always"));
  declare("never", folder("never") + "  prune: false\n");
  declare("limited", folder("limited") + "  pruneLimit: 1\n");
  for (const std::string name : {"always", "never", "limited"}) {
    expect_ready(name);
    drop(name + "/b.yaml");
    drop(name + "/c.yaml");
    change(name + "/a.yaml", "\"1\"", "\"2\"");
  }
  publish();
  for (const auto* name : {"always-b", "always-c"}) expect_gone(core("configmaps/") + name);
  EXPECT_THAT(message_for("Forbidden", "limited"),
              AllOf(HasSubstr("would delete 2 objects"), HasSubstr("pruneLimit allows 1")));
  EXPECT_EQ(value_of("limited-a"), "1");
  EXPECT_EQ(value_of("limited-b"), "1");
  expect_value("never-a", "2");
  expect_ready("never");
  EXPECT_EQ(value_of("never-b"), "1");
  // What stayed goes once it may.
  declare("limited", folder("limited") + "  pruneLimit: 2\n");
  declare("never", folder("never"));
  for (const auto* name : {"limited-b", "limited-c", "never-b", "never-c"}) {
    expect_gone(core("configmaps/") + name);
  }
  expect_value("limited-a", "2");
}

TEST_F(FieldApply, DeletedDeliveriesTakeTheirObjectsAlongOrLetThemGo) {
  for (const std::string name : {"taken", "let-go"}) put(name + "/a.yaml", bare_map(name, "1"));
  publish();
  declare("taken", folder("taken") + "  deletionPolicy: delete\n");
  declare("let-go", folder("let-go") + "  deletionPolicy: orphan\n");
  for (const auto* name : {"taken", "let-go"}) expect_ready(name);
  for (const auto* name : {"taken", "let-go"}) remove(delivery_path(name));
  for (const auto* name : {"taken", "let-go"}) expect_gone(delivery_path(name));
  EXPECT_TRUE(config_map_at("taken").is_null());
  EXPECT_EQ(value_of("let-go"), "1");
  EXPECT_EQ(config_map_at("let-go").find_path({"metadata", "labels"}), nullptr)
      << "it belongs to nobody";
}

}  // namespace
}  // namespace sealift::e2e
