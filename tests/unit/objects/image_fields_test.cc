#include <sealift/objects/image_fields.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using test::fails_with;
using Lines = std::vector<std::string>;  // "OBJECT POINTER IMAGE"

std::vector<ImagePath> paths_of(const Lines& texts) {
  std::vector<ImagePath> paths;
  for (const auto& text : texts) paths.push_back(ImagePath::parse(text).value());
  return paths;
}

Lines find(const std::string& yaml, const Lines& paths = {}) {
  const auto found = find_image_fields(yaml, "f.yaml", paths_of(paths));
  EXPECT_OK(found);
  Lines lines;
  if (!found) return lines;
  for (const auto& field : found->fields) {
    lines.push_back(field.object + " " + field.field + " " + field.image);
  }
  return lines;
}

TEST(ImageFields, AreInPodTemplates) {
  EXPECT_EQ(
      find("apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec:\n"
           "  initContainers: [{name: i, image: init}]\n"
           "  containers: [{name: a, image: one}, {name: b, image: 'two@x'}]\n"
           "  ephemeralContainers: [{name: e, image: debug}]\n"
           "  volumes:\n  - {name: x, emptyDir: {}}\n"
           "  - {name: y, image: {reference: data, pullPolicy: Always}}\n"),
      (Lines{"Pod shop/p /spec/containers/0/image one", "Pod shop/p /spec/containers/1/image two@x",
             "Pod shop/p /spec/initContainers/0/image init",
             "Pod shop/p /spec/ephemeralContainers/0/image debug",
             "Pod shop/p /spec/volumes/1/image/reference data"}));
}

TEST(ImageFields, AreWhereverATemplateIs) {
  const std::string pod = "{containers: [{image: a}]}";
  const struct {
    std::string yaml;
    Lines expected;
  } kCases[] = {
      {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: " +
           pod + "}}}",
       {"Deployment.apps d /spec/template/spec/containers/0/image a"}},
      {"{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {jobTemplate: {spec: "
       "{template: {spec: " +
           pod + "}}}}}",
       {"CronJob.batch c /spec/jobTemplate/spec/template/spec/containers/0/image a"}},
      {"{apiVersion: x.io/v1, kind: Own, metadata: {name: o}, pools: [" + pod + "]}",
       {"Own.x.io o /pools/0/containers/0/image a"}},
      {"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: p}, "
       "spec: " +
           pod + "}]}",
       {"Pod p /items/0/spec/containers/0/image a"}},
  };
  for (const auto& [yaml, expected] : kCases) EXPECT_EQ(find(yaml), expected) << yaml;
  EXPECT_EQ(find("kind: A\nspec: " + pod + "\n---\nkind: B\nspec: " + pod + "\n").size(), 2u);
}

TEST(ImageFields, AreNoneWhereNothingIsToRun) {
  for (const char* yaml : {
           "",
           "kind: ConfigMap\ndata: {image: a, containers: b}\n",
           "kind: Pod\nspec: {containers: [{name: a}, {image: ''}, {image: 7}, text]}\n",
           "kind: Pod\nspec: {containers: {image: a}}\n",
           "kind: X\nspec: {properties: {containers: {type: array}, image: {type: string}}}\n",
           "kind: X\nspec: {volumes: [{image: {reference: a}}]}\n",
           "text\n",
       }) {
    EXPECT_EQ(find(yaml), Lines{}) << yaml;
  }
}

TEST(ImageFields, AreWhereAPathSays) {
  const std::string list =
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: a.io/v1, kind: Prometheus, metadata: {name: p}, spec: {image: prom}}\n"
      "- {apiVersion: b.io/v1, kind: Prometheus, metadata: {name: q}, spec: {image: other}}\n"
      "- {apiVersion: a.io/v1, kind: Rule, metadata: {name: r}, spec: {image: none}}\n";
  EXPECT_EQ(find(list), Lines{});
  EXPECT_EQ(find(list, {"Prometheus:.spec.image"}),
            (Lines{"Prometheus.a.io p /items/0/spec/image prom",
                   "Prometheus.b.io q /items/1/spec/image other"}));
  EXPECT_EQ(find(list, {"b.io/Prometheus:.spec.image"}),
            (Lines{"Prometheus.b.io q /items/1/spec/image other"}));
  ASSERT_OK_ASSIGN(
      const auto found,
      find_image_fields(list, "f.yaml", paths_of({"Rule:.image", "Rule:.spec.image"})));
  EXPECT_EQ(found.paths_that_found, (std::vector<bool>{false, true}));
}

TEST(ImageFields, MustBeText) {
  const std::string yaml =
      "apiVersion: a.io/v1\nkind: P\nmetadata: {name: p}\n"
      "spec: {image: {repository: a}, none: null}\n";
  EXPECT_THAT(find_image_fields(yaml, "f.yaml", paths_of({"P:.spec.image"})),
              fails_with(ErrorCode::kInvalidInput,
                         "f.yaml: P.a.io p, field /spec/image: P:.spec.image leads to no text"));
  EXPECT_EQ(find(yaml, {"P:.spec.none", "P:.spec.missing"}), Lines{});
  EXPECT_THAT(find_image_fields("a: [", "f.yaml", {}),
              fails_with(ErrorCode::kInvalidInput, "f.yaml:"));
}

}  // namespace
}  // namespace sealift::objects
