#include "objects.h"

#include <sealift/objects/field_path.h>

namespace sealift::comparison {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string deployment(std::string_view pod_spec) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: " +
         std::string(pod_spec) + "}}\n";
}

std::string container(std::string_view fields) {
  return deployment("{containers: [{name: web, " + std::string(fields) + "}]}");
}

std::string service(std::string_view ports) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [" +
         std::string(ports) + "]}\n";
}

struct Reordered {
  const char* name;
  std::string before;
  std::string after;
};

class SameWhenReordered : public testing::TestWithParam<Reordered> {};

TEST_P(SameWhenReordered, IsNoDifference) {
  EXPECT_THAT(fields_of(compared(GetParam().before, GetParam().after)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, SameWhenReordered,
    testing::Values(
        Reordered{"Containers", deployment("{containers: [{name: a}, {name: b}]}"),
                  deployment("{containers: [{name: b}, {name: a}]}")},
        Reordered{"Volumes", deployment("{volumes: [{name: a}, {name: b}]}"),
                  deployment("{volumes: [{name: b}, {name: a}]}")},
        Reordered{"Env", container("env: [{name: A, value: '1'}, {name: B, value: '2'}]"),
                  container("env: [{name: B, value: '2'}, {name: A, value: '1'}]")},
        Reordered{"VolumeMounts",
                  container("volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]"),
                  container("volumeMounts: [{name: v, mountPath: /b}, {name: v, mountPath: /a}]")},
        Reordered{"ContainerPorts",
                  container("ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]"),
                  container("ports: [{containerPort: 80, protocol: UDP}, {containerPort: 80}]")},
        Reordered{"ServicePorts", service("{port: 80}, {port: 80, protocol: UDP}"),
                  service("{port: 80, protocol: UDP}, {port: 80, protocol: TCP}")},
        Reordered{"PullSecrets", deployment("{imagePullSecrets: [{name: a}, {name: b}]}"),
                  deployment("{imagePullSecrets: [{name: b}, {name: a}]}")},
        Reordered{"HostAliases", deployment("{hostAliases: [{ip: 10.0.0.1}, {ip: 10.0.0.2}]}"),
                  deployment("{hostAliases: [{ip: 10.0.0.2}, {ip: 10.0.0.1}]}")},
        Reordered{"Finalizers",
                  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: [x/a, x/b]}",
                  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: [x/b, x/a]}"},
        Reordered{"Owners",
                  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, ownerReferences: [{uid: '1'}, "
                  "{uid: '2'}]}",
                  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, ownerReferences: [{uid: '2'}, "
                  "{uid: '1'}]}"},
        Reordered{
            "Conditions",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: {conditions: [{type: A}, "
            "{type: B}]}",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: {conditions: [{type: B}, "
            "{type: A}]}"},
        Reordered{"Versions",
                  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: "
                  "{name: a.b}\nspec: {versions: [{name: v1}, {name: v2}]}",
                  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: "
                  "{name: a.b}\nspec: {versions: [{name: v2}, {name: v1}]}"},
        Reordered{"Webhooks",
                  "apiVersion: admissionregistration.k8s.io/v1\nkind: "
                  "ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{name: a.b.c}, "
                  "{name: d.e.f}]",
                  "apiVersion: admissionregistration.k8s.io/v1\nkind: "
                  "ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{name: d.e.f}, "
                  "{name: a.b.c}]"},
        Reordered{"Members", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {a: 1, b: 2}",
                  "kind: Pod\nspec: {b: 2, a: 1}\nmetadata: {name: a}\napiVersion: v1"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(ListRule, AnItemIsFoundByItsKey) {
  EXPECT_THAT(
      fields_of(
          compared(deployment("{containers: [{name: a, image: a:1}, {name: web, image: web:1}]}"),
                   deployment("{containers: [{name: web, image: web:2}, {name: a, image: a:1}]}"))),
      ElementsAre("/spec/template/spec/containers/[name=web]/image: \"web:1\" -> \"web:2\""));
}

TEST(ListRule, AnItemThatIsAddedOrRemovedIsOneChange) {
  EXPECT_THAT(fields_of(compared(container("env: [{name: A, value: '1'}]"),
                                 container("env: [{name: B, value: '2'}]"))),
              ElementsAre("/spec/template/spec/containers/[name=web]/env/[name=A]: "
                          R"({"name":"A","value":"1"} -> -)",
                          "/spec/template/spec/containers/[name=web]/env/[name=B]: "
                          R"(- -> {"name":"B","value":"2"})"));
  EXPECT_THAT(fields_of(compared(container("tty: false"), container("env: [{name: A}]"))),
              ElementsAre("/spec/template/spec/containers/[name=web]/env/[name=A]: "
                          R"(- -> {"name":"A"})"));
}

TEST(ListRule, PathsAreThoseOfFieldPath) {
  const auto result = compared(container("volumeMounts: [{mountPath: /a/b, name: x}]"),
                               container("volumeMounts: [{mountPath: /a/b, name: z}]"));
  ASSERT_EQ(result.changes.size(), 1u);
  const auto& field = result.changes[0].fields.at(0);
  EXPECT_EQ(field.path,
            "/spec/template/spec/containers/[name=web]/volumeMounts/[mountPath=~1a~1b]/name");
  const auto path = objects::FieldPath::parse(field.path);
  ASSERT_TRUE(path);
  EXPECT_EQ(dump_json(*objects::find_field(result.changes[0].after, *path)), "\"z\"");
}

TEST(ListRule, ASetTellsWhatCameAndWent) {
  EXPECT_THAT(
      fields_of(compared("apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: [x/a, x/b]}",
                         "apiVersion: v1\nkind: Pod\nmetadata: {name: a, finalizers: [x/c, x/a]}")),
      ElementsAre("/metadata/finalizers/[=x~1b]: \"x/b\" -> -",
                  "/metadata/finalizers/[=x~1c]: - -> \"x/c\""));
}

TEST(ListRule, InitContainersRunInTheirOrder) {
  EXPECT_THAT(fields_of(compared(deployment("{initContainers: [{name: a}, {name: b}]}"),
                                 deployment("{initContainers: [{name: b}, {name: a}]}"))),
              ElementsAre(R"(/spec/template/spec/initContainers: ["a","b"] -> ["b","a"])"));
  EXPECT_THAT(
      fields_of(compared(deployment("{initContainers: [{name: a}, {name: b}]}"),
                         deployment("{initContainers: [{name: a}, {name: c}, {name: b}]}"))),
      ElementsAre(R"(/spec/template/spec/initContainers/[name=c]: - -> {"name":"c"})"));
}

TEST(ListRule, AtomicListsAreOneValue) {
  EXPECT_THAT(fields_of(compared(container("args: [a, b]"), container("args: [b, a]"))),
              ElementsAre("/spec/template/spec/containers/[name=web]/args: "
                          R"(["a","b"] -> ["b","a"])"));
  EXPECT_THAT(fields_of(compared(deployment("{tolerations: [{key: a}, {key: b}]}"),
                                 deployment("{tolerations: [{key: b}, {key: a}]}"))),
              ElementsAre("/spec/template/spec/tolerations/0/key: \"a\" -> \"b\"",
                          "/spec/template/spec/tolerations/1/key: \"b\" -> \"a\""));
  EXPECT_THAT(fields_of(compared(deployment("{tolerations: [{key: a}]}"),
                                 deployment("{tolerations: [{key: a}, {key: b}]}"))),
              ElementsAre("/spec/template/spec/tolerations: "
                          R"([{"key":"a"}] -> [{"key":"a"},{"key":"b"}])"));
}

TEST(ListRule, ItemsWithoutAKeyOrWithOneTwiceAreComparedInTheirPlaces) {
  EXPECT_THAT(fields_of(compared(container("env: [{name: A, value: '1'}, {name: A, value: '2'}]"),
                                 container("env: [{name: A, value: '1'}, {name: A, value: '3'}]"))),
              ElementsAre("/spec/template/spec/containers/[name=web]/env/1/value: "
                          R"("2" -> "3")"));
  EXPECT_THAT(
      fields_of(compared(container("env: [{value: '1'}]"), container("env: [{value: '2'}]"))),
      ElementsAre("/spec/template/spec/containers/[name=web]/env/0/value: "
                  R"("1" -> "2")"));
  // "[name=a,b]" would be read as two keys.
  EXPECT_THAT(fields_of(compared(deployment("{volumes: [{name: 'a,b', x: 1}]}"),
                                 deployment("{volumes: [{name: 'a,b', x: 2}]}"))),
              ElementsAre("/spec/template/spec/volumes/0/x: 1 -> 2"));
}

TEST(ListRule, PodTemplatesOfCustomResourcesAreKnown) {
  const std::string head = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n";
  EXPECT_THAT(
      fields_of(compared(
          head + "spec: {template: {spec: {containers: [{name: a}, {name: b, image: x}]}}}",
          head + "spec: {template: {spec: {containers: [{name: b, image: z}, {name: a}]}}}")),
      ElementsAre("/spec/template/spec/containers/[name=b]/image: \"x\" -> \"z\""));
}

}  // namespace
}  // namespace sealift::comparison
