#include <sealift/kube/apply_set.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "contract/kube_fixture.h"

namespace sealift::kube {
namespace {

using test::fails_with;

class KubeApplySet : public KubeContract {
 protected:
  ApplySetParent parent() const {
    ApplySetParent parent;
    parent.name = "shop";
    parent.name_space = name_space_;
    return parent;
  }
  // As kubectl itself applies a set.
  test::ProcessResult kubectl_apply_set(std::string yaml) {
    setenv("KUBECTL_APPLYSET", "true", 1);  // the feature is alpha in kubectl
    return cluster_.kubectl({"--namespace", name_space_, "apply", "--prune", "--applyset",
                             "configmap/shop", "--filename", "-"},
                            std::move(yaml));
  }
};

TEST_F(KubeApplySet, IsMissingThenWrittenThenRead) {
  ASSERT_OK_ASSIGN(const auto missing, read_applyset_parent(client_, name_space_, "shop", {}));
  EXPECT_FALSE(missing.has_value());
  auto written = parent();
  written.group_kinds = {{"", "ConfigMap"}, {"apps", "Deployment"}};
  written.additional_namespaces = {"elsewhere"};
  written.annotations = {{"dev.sealift.sequence", "7"}};
  ASSERT_OK(write_applyset_parent(client_, written, {}));
  ASSERT_OK_ASSIGN(const auto read, read_applyset_parent(client_, name_space_, "shop", {}));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->group_kinds, written.group_kinds);
  EXPECT_EQ(read->additional_namespaces, written.additional_namespaces);
  EXPECT_EQ(read->annotations, written.annotations);
}

TEST_F(KubeApplySet, TheExactSetFollowsTheUnion) {
  auto written = parent();
  written.group_kinds = {{"", "ConfigMap"}, {"apps", "Deployment"}};
  written.annotations = {{"dev.sealift.sequence", "7"}, {"dev.sealift.old", "x"}};
  ASSERT_OK(write_applyset_parent(client_, written, {}));
  written.group_kinds = {{"apps", "Deployment"}};
  written.annotations = {{"dev.sealift.sequence", "8"}};
  ASSERT_OK(write_applyset_parent(client_, written, {}));
  ASSERT_OK_ASSIGN(const auto read, read_applyset_parent(client_, name_space_, "shop", {}));
  EXPECT_EQ(read->group_kinds, written.group_kinds);
  EXPECT_EQ(read->annotations, written.annotations);
  EXPECT_OK(remove_applyset_parent(client_, name_space_, "shop", {}));
  EXPECT_OK(remove_applyset_parent(client_, name_space_, "shop", {}));
  ASSERT_OK_ASSIGN(const auto gone, read_applyset_parent(client_, name_space_, "shop", {}));
  EXPECT_FALSE(gone.has_value());
}

TEST_F(KubeApplySet, AConfigMapOfSomebodyElseIsLeftAlone) {
  kubectl({"create", "configmap", "shop", "--from-literal", "a=b"});
  EXPECT_THAT(read_applyset_parent(client_, name_space_, "shop", {}),
              fails_with(ErrorCode::kConflict, "is no ApplySet parent"));
}

// kubectl refuses to touch the set of another tool, and reads in our parent whose it is.
TEST_F(KubeApplySet, KubectlKnowsThatItIsOurs) {
  ASSERT_OK(write_applyset_parent(client_, parent(), {}));
  const auto refused = kubectl_apply_set("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, testing::HasSubstr("is managed by tooling \"sealift\""));
}

// Handed over to kubectl by changing who the tool is and nothing else, our parent and our labels
// are enough for kubectl to prune what we applied.
TEST_F(KubeApplySet, KubectlPrunesWhatWeApplied) {
  auto written = parent();
  written.group_kinds = {{"", "ConfigMap"}, {"", "Secret"}};
  ASSERT_OK(write_applyset_parent(client_, written, {}));
  const auto labels = "labels: {applyset.kubernetes.io/part-of: " + written.id() + "}";
  ASSERT_OK(apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: stays, " + labels + "}}"));
  ASSERT_OK(apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: goes, " + labels + "}}"));
  ASSERT_OK(apply("{apiVersion: v1, kind: Secret, metadata: {name: goes, " + labels + "}}"));
  kubectl({"annotate", "--overwrite", "configmap", "shop",
           "applyset.kubernetes.io/tooling=kubectl/v1.36.3"});
  const auto pruned =
      kubectl_apply_set("{apiVersion: v1, kind: ConfigMap, metadata: {name: stays}}");
  EXPECT_EQ(pruned.exit_code, 0) << pruned.err;
  EXPECT_OK(client_.get(config_maps_.path(name_space_, "stays"), {}, {}));
  EXPECT_THAT(client_.get(config_maps_.path(name_space_, "goes"), {}, {}),
              fails_with(ErrorCode::kNotFound));
  const Resource secrets{{"", "v1", "Secret"}, "secrets", true};
  EXPECT_THAT(client_.get(secrets.path(name_space_, "goes"), {}, {}),
              fails_with(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace sealift::kube
