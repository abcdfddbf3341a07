#include "delivery_samples.h"
#include "spec_text.h"

namespace sealift::delivery {
namespace {

void add_artifacts(std::vector<GoodSpec>& good) {
  for (const auto* url :
       {"oci://localhost/a", "oci://R.Example.COM:5000/team/shop", "oci://[::1]:5000/a",
        "oci://10.0.0.1:65535/a.b_c__d---e/f", "oci-layout:/media/usb/shop", "oci-layout:out",
        "oci-layout:/a:b/", "oci-layout:/"}) {
    good.push_back({"artifact.url", at(url)});
  }
  good.push_back({"artifact.tag", artifact_with("tag: v1.0_x-Y")});
  good.push_back({"artifact.tag", artifact_with("tag: " + std::string(128, 'a'))});
  for (const auto* range :
       {"1.x", "*", ">=1.4.0 <2.0.0", "^1.4", "~1.2.3", ">=1.2, <2 || =3.0.0-rc.1", "1.2 - 2.4.5",
        "v1.2.3+build.7", ">=1<2", "!=1.2.x", ">=1.0.0-0", "~> 1", "=< 2"}) {
    good.push_back({"artifact.semver", artifact_with("semver: '" + std::string(range) + "'")});
  }
  good.push_back({"artifact.digest", artifact_with("digest: 'sha256:" + repeated("a1", 32) + "'")});
  good.push_back({"artifact.digest", artifact_with("digest: 'sha512:" + repeated("a1", 64) + "'")});
  good.push_back(
      {"artifact.secretRef", artifact_with("secretRef: {name: a}, certSecretRef: {name: b.c}, "
                                           "proxySecretRef: {name: d-1}, insecure: true")});
  for (const auto* provider : {"azure", "aws", "gcp"}) {
    good.push_back({"artifact.provider", artifact_with("proxySecretRef: {name: a}, provider: " +
                                                       std::string(provider))});
  }
  good.push_back({"artifact.provider", artifact_with("provider: generic, secretRef: {name: a}")});
  good.push_back({"artifact.tag", artifact_with("tag: null, semver: null, digest: null")});
}

void add_timing(std::vector<GoodSpec>& good) {
  for (const auto* duration :
       {"1s", "1h30m", "1.5s", "+90s", "1000ms", "1000000us", "1000000µs", "876000h", "1.m"}) {
    good.push_back({"interval", with("interval: '" + std::string(duration) + "'")});
  }
  good.push_back({"retryInterval", with("retryInterval: 100ms")});
  good.push_back({"timeout", with("timeout: 1s")});
  for (const auto* path :
       {"", ".", "./", "prod", "prod/eu/", "././a/b", "..a/.b/...", "a b", "a//", "x.y/z", "./."}) {
    good.push_back({"path", with("path: '" + std::string(path) + "'")});
  }
}

void add_behaviour(std::vector<GoodSpec>& good) {
  good.push_back({"targetNamespace", with("targetNamespace: shop-eu")});
  good.push_back({"serviceAccountName", with("serviceAccountName: deployer.eu")});
  good.push_back({"kubeConfig", with("kubeConfig: {secretRef: {name: far}}")});
  good.push_back({"kubeConfig", with("kubeConfig: {secretRef: {name: far, key: value.yaml}}")});
  good.push_back({"prune", with("prune: false, pruneLimit: 0")});
  good.push_back({"pruneLimit", with("pruneLimit: 9223372036854775807")});
  for (const auto* flag : {"wait", "preflight", "force", "suspend"}) {
    good.push_back({flag, with(std::string(flag) + ": true")});
    good.push_back({flag, with(std::string(flag) + ": false")});
  }
  for (const auto* choice :
       {"drift: correct", "drift: detect", "drift: ignore", "onFailure: keep",
        "onFailure: rollback", "deletionPolicy: delete", "deletionPolicy: orphan"}) {
    good.push_back({choice, with(choice)});
  }
  good.push_back({"dependsOn", with("dependsOn: []")});
  good.push_back({"dependsOn", with("dependsOn: [{name: db}, {name: db, namespace: other}, "
                                    "{name: shop, namespace: other}]")});
  good.push_back({"dependsOn", with("dependsOn: [" + numbered("{name: n", "}", 64) + "]")});
}

void add_rules(std::vector<GoodSpec>& good) {
  good.push_back({"healthChecks", tests_with("{path: /status/phase, equals: Ready}")});
  good.push_back({"healthChecks", tests_with("{path: /status/ready, equals: 3}")});
  good.push_back({"healthChecks", tests_with("{path: /status/phase, in: [Ready, 1]}")});
  good.push_back({"healthChecks", tests_with("{path: '/c/[type=Ready]/status', exists: true}")});
  good.push_back({"healthChecks",
                  with("healthChecks: [{group: db.example.com, kind: Database, "
                       "current: [{path: /a, equals: b}, {path: /b, exists: true}], "
                       "failed: [{path: /a, equals: c}], inProgress: [{path: /a, in: [d, e]}]}, "
                       "{kind: Database, current: [{path: /a, equals: ''}]}]")});
  for (const auto* path :
       {"/spec/replicas", "/metadata/annotations/a.b~1c~0d", "/metadata/finalizers/[=a.b~1c]",
        "/metadata/ownerReferences", "/metadatas", "/kinds", "/a/0", "/~01", "/l/[name=web]/image",
        "/p/[port=80,protocol=TCP]", "/f/[=a,b=c]", "/l/[a=]", "/l/[a=b]c]", "/a[0]", "/a b"}) {
    good.push_back(
        {"driftRules.paths", with("driftRules: [{paths: ['" + std::string(path) + "']}]")});
  }
  good.push_back({"driftRules", with("driftRules: [{mode: ignore, kind: 'Horizontal*', group: "
                                     "'*.k8s.io', namespace: 'team-*', name: 'system:a_b.*'}]")});
}

void add_transforms(std::vector<GoodSpec>& good) {
  good.push_back({"substitute", with("substitute: {_a: '', B2: 'x y', c_D: '${x}'}")});
  good.push_back({"substitute", with("substitute: {" + numbered("n", ": x", 256) + "}")});
  good.push_back({"substituteFrom", with("substituteFrom: [{kind: ConfigMap, name: a}, {kind: "
                                         "Secret, name: b, optional: true}]")});
  good.push_back({"commonMetadata", with("commonMetadata: {}")});
  good.push_back(
      {"commonMetadata", with("commonMetadata: {labels: {team: web, example.com/a_b.c-D: ''}, "
                              "annotations: {note: 'any text: at all', x.y/z: ''}}")});
}

}  // namespace

std::vector<GoodSpec> good_specs() {
  std::vector<GoodSpec> good = {{"artifact", "{" + std::string(kArtifact) + "}"}};
  add_artifacts(good);
  add_timing(good);
  add_behaviour(good);
  add_rules(good);
  add_transforms(good);
  return good;
}

std::string delivery_with(std::string_view spec) {
  return "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n"
         "metadata: {name: shop, namespace: edge}\nspec: " +
         std::string(spec);
}

}  // namespace sealift::delivery
