#include "delivery_samples.h"
#include "spec_text.h"

namespace sealift::delivery {
namespace {

constexpr const char* kLabel = "with a letter or digit at both ends (an RFC 1123 label)";
constexpr const char* kSubdomain = "(an RFC 1123 subdomain)";
constexpr const char* kPattern = "in body should match '^";

void add_frames(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  bad.push_back({"spec.artifact", "{}", "is required", "Required value"});
  bad.push_back({"spec", "[]", "must be an object, is an array", "must be of type object"});
  bad.push_back({"spec.artifact.url", "{artifact: {}}", "is required", "Required value"});
  bad.push_back(
      {"spec.Prune", with("Prune: true"), "is not a known field", "unknown field \"spec.Prune\""});
  bad.push_back({"spec.artifact.tags", artifact_with("tags: v1"), "is not a known field",
                 "unknown field \"spec.artifact.tags\""});
}

void add_urls(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  const std::string field = "spec.artifact.url";
  const auto scheme = "must begin with oci:// or oci-layout:";
  const auto host = "must name a registry by its host and optional port";
  const auto repository = "must name a repository in lower case";
  bad.push_back({field, "{artifact: {url: 7}}", "must be a string", "must be of type string"});
  bad.push_back({field, at(""), "is not an address", "at least 1 chars long"});
  bad.push_back({field, at("r.example.com/a"), "write oci://r.example.com/a", scheme});
  bad.push_back({field, at("https://r.example.com/a"), scheme, same});
  bad.push_back({field, at("oci-archive:/usb/a.tar"), scheme, same});
  bad.push_back({field, at("oci://r.example.com"), "names no registry and repository", host});
  bad.push_back({field, at("oci:///a"), "names no registry and repository", host});
  bad.push_back({field, at("oci://r.example.com/"), "names no registry and repo", repository});
  bad.push_back({field, at("oci://r.example.com/A"), "must be lower-case", repository});
  bad.push_back({field, at("oci://r.example.com/a//b"), "must be lower-case", repository});
  bad.push_back({field, at("oci://r.example.com/a._b"), "must be lower-case", repository});
  bad.push_back({field, at("oci://-r/a"), "is not a host name or address", host});
  bad.push_back({field, at("oci://r:0/a"), "is not a host name or address", host});
  bad.push_back({field, at("oci://r:65536/a"), "is not a host name or address", host});
  bad.push_back({field, at("oci://user@r/a"), "is not a host name or address", host});
  bad.push_back({field, at("oci://r/" + std::string(254, 'a')), "the limit of 255 bytes",
                 "must have at most 255 characters"});
  for (const auto* url : {"oci://r.example.com/a:v1", "oci-layout:/usb/a:v1", "oci-layout:a:v1"}) {
    bad.push_back(
        {field, at(url), "names a tag or digest; move it to the field tag, semver", same});
  }
  bad.push_back({field, at("oci://r.example.com/a@sha256:" + std::string(64, 'a')),
                 "names a tag or digest; move it to the field tag, semver", same});
  bad.push_back({field, at("oci-layout:"), "names no directory", same});
}

void add_selectors(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  const std::string field = "spec.artifact.";
  bad.push_back({field + "tag", artifact_with("tag: a, semver: '*'"),
                 "only one of tag, semver and digest may be given", same});
  bad.push_back({field + "tag", artifact_with("tag: a, digest: 'sha256:1'"),
                 "only one of tag, semver and digest may be given", kPattern});
  for (const auto* tag : {"a b", "", "-a", ".a", "a/b"}) {
    bad.push_back({field + "tag", artifact_with("tag: '" + std::string(tag) + "'"),
                   "is no tag that a registry allows", kPattern});
  }
  bad.push_back({field + "tag", artifact_with("tag: " + std::string(129, 'a')),
                 "is no tag that a registry allows", kPattern});
  bad.push_back({field + "tag", artifact_with("tag: 1.0"), "must be a string", "type string"});
  for (const auto* range : {"new", "1.2.3.4", ">=", "1.x.3", "><1", "1 ||", "|| 1", "01", "*1",
                            "1.2.*.*", "1 - 2 - 3x", "1-", "1.2 - ", "a - b", ">=1 - 2", ","}) {
    bad.push_back({field + "semver", artifact_with("semver: '" + std::string(range) + "'"),
                   "is not a version range", "must be a version range, as in"});
  }
  bad.push_back({field + "semver", artifact_with("semver: ''"), "an alternative is empty",
                 "at least 1 chars long"});
  bad.push_back({field + "semver", artifact_with("semver: '>=1" + std::string(126, ' ') + "'"),
                 "at most 128 characters", "Too long: may not be more than 128"});
  for (const auto* digest : {"sha256:1", "", "md5:1", "latest"}) {
    bad.push_back({field + "digest", artifact_with("digest: '" + std::string(digest) + "'"),
                   "is no digest", kPattern});
  }
  bad.push_back({field + "digest", artifact_with("digest: 'sha256:" + repeated("A1", 32) + "'"),
                 "in lower case", kPattern});
}

void add_references(std::vector<BadSpec>& bad) {
  for (const auto* name : {"secretRef", "certSecretRef", "proxySecretRef"}) {
    const auto field = "spec.artifact." + std::string(name);
    const auto with_value = [&](std::string_view value) {
      return artifact_with(std::string(name) + ": " + std::string(value));
    };
    bad.push_back({field, with_value("pull"), "must be an object", "must be of type object"});
    bad.push_back({field + ".name", with_value("{}"), "is required", "Required value"});
    bad.push_back({field + ".name", with_value("{name: ''}"), kSubdomain, kPattern});
    bad.push_back({field + ".name", with_value("{name: a/b}"), kSubdomain, kPattern});
    bad.push_back({field + ".key", with_value("{name: a, key: b}"), "is not a known field",
                   "unknown field \"" + field + ".key\""});
  }
  bad.push_back({"spec.artifact.insecure", artifact_with("insecure: 'yes'"),
                 "must be true or false", "must be of type boolean"});
  for (const auto* provider : {"''", "AWS", "google"}) {
    bad.push_back({"spec.artifact.provider", artifact_with("provider: " + std::string(provider)),
                   "must be one of generic, azure, aws, gcp", "Unsupported value"});
  }
  for (const auto* other : {"secretRef: {name: a}", "certSecretRef: {name: a}", "insecure: true"}) {
    bad.push_back({"spec.artifact.provider",
                   artifact_with("provider: azure, " + std::string(other)),
                   "cannot be given beside secretRef, certSecretRef or insecure",
                   "cannot be given beside secretRef, certSecretRef or insecure"});
  }
  bad.push_back(
      {"spec.kubeConfig.secretRef", with("kubeConfig: {}"), "is required", "Required value"});
  bad.push_back({"spec.kubeConfig.secretRef.name", with("kubeConfig: {secretRef: {}}"),
                 "is required", "Required value"});
  for (const auto* key : {"''", "a/b", "a b"}) {
    bad.push_back({"spec.kubeConfig.secretRef.key",
                   with("kubeConfig: {secretRef: {name: a, key: " + std::string(key) + "}}"),
                   "must be a key of a Secret's data", kPattern});
  }
  for (const auto* name : {"''", "Shop", "shop.eu", "-a"}) {
    bad.push_back(
        {"spec.targetNamespace", with("targetNamespace: " + std::string(name)), kLabel, kPattern});
  }
  bad.push_back({"spec.targetNamespace", with("targetNamespace: " + std::string(64, 'a')), kLabel,
                 "Too long: may not be more than 63"});
  for (const auto* name : {"''", "a/b", "a..b"}) {
    bad.push_back({"spec.serviceAccountName", with("serviceAccountName: " + std::string(name)),
                   kSubdomain, kPattern});
  }
}

void add_timing(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  for (const auto* field : {"interval", "retryInterval", "timeout"}) {
    const auto server = "must be a duration from " +
                        std::string(field == std::string("retryInterval") ? "100ms" : "1s") +
                        " to 100 years, as in 90s, 5m or 1h30m";
    for (const auto* text : {"''", "5 minutes", "5", "1d", "-1s", "s", "."}) {
      bad.push_back(
          {"spec." + std::string(field),
           with(std::string(field) + ": '" + (text == std::string("''") ? "" : text) + "'"),
           "is no duration", server});
    }
    bad.push_back({"spec." + std::string(field), with(std::string(field) + ": 876001h"),
                   "longer than 100 years", server});
    bad.push_back({"spec." + std::string(field), with(std::string(field) + ": 30"),
                   "must be a string", "must be of type string"});
  }
  for (const auto* spec :
       {"interval: 0s", "interval: '0'", "interval: 999.9ms", "timeout: 999ms"}) {
    const std::string field = std::string(spec).substr(0, std::string(spec).find(':'));
    bad.push_back({"spec." + field, with(spec), "must be at least 1s", "from 1s to 100 years"});
  }
  bad.push_back({"spec.retryInterval", with("retryInterval: 99ms"), "must be at least 100ms",
                 "from 100ms to 100 years"});
  for (const auto* path :
       {"/prod", "/", "a/../b", "..", "../a", "a//b", "a/./b", ".//", "a/.", "./.."}) {
    bad.push_back({"spec.path", with("path: '" + std::string(path) + "'"),
                   "must be a folder inside the artifact, as in \"prod/eu\"", same});
  }
  bad.push_back({"spec.path", with("path: " + std::string(1'025, 'a')), "at most 1024 characters",
                 "Too long: may not be more than 1024"});
}

void add_behaviour(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  for (const auto* flag : {"prune", "wait", "preflight", "force", "suspend"}) {
    bad.push_back({"spec." + std::string(flag), with(std::string(flag) + ": 1"),
                   "must be true or false", "must be of type boolean"});
  }
  bad.push_back({"spec.pruneLimit", with("pruneLimit: -1"), "must not be negative",
                 "should be greater than or equal to 0"});
  bad.push_back({"spec.pruneLimit", with("pruneLimit: 1.5"), "must be a whole number",
                 "must be of type integer"});
  bad.push_back({"spec.drift", with("drift: fix"), "must be correct, detect or ignore",
                 "supported values: \"correct\", \"detect\", \"ignore\""});
  bad.push_back({"spec.onFailure", with("onFailure: undo"), "must be keep or rollback",
                 "supported values: \"keep\", \"rollback\""});
  bad.push_back({"spec.deletionPolicy", with("deletionPolicy: Delete"), "must be delete or orphan",
                 "supported values: \"delete\", \"orphan\""});
  const std::string field = "spec.dependsOn";
  bad.push_back(
      {field + "[0].name", with("dependsOn: [{namespace: a}]"), "is required", "Required value"});
  bad.push_back(
      {field + "[0]", with("dependsOn: [db]"), "must be an object", "must be of type object"});
  bad.push_back({field + "[0].name", with("dependsOn: [{name: A}]"), kSubdomain, kPattern});
  bad.push_back(
      {field + "[0].namespace", with("dependsOn: [{name: a, namespace: b.c}]"), kLabel, kPattern});
  bad.push_back({field + "[0].name", with("dependsOn: [{name: shop}]"),
                 "is this Delivery itself, which would wait for ever",
                 "names this Delivery itself, which would wait for ever"});
  // No rule of a CustomResourceDefinition knows the namespace of its object.
  bad.push_back({field + "[0].name", with("dependsOn: [{name: shop, namespace: edge}]"),
                 "is this Delivery itself, which would wait for ever", std::string(kAccepts)});
  bad.push_back({field + "[1].name", with("dependsOn: [{name: a}, {name: a}]"),
                 "is named twice; remove one of them", same});
  bad.push_back({field + "[1].name", with("dependsOn: [{name: a}, {name: a, namespace: edge}]"),
                 "is named twice; remove one of them", std::string(kAccepts)});
  bad.push_back({field, with("dependsOn: [" + numbered("{name: n", "}", 65) + "]"),
                 "holds more than 64 entries", "must have at most 64 items"});
}

void add_health(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  const std::string field = "spec.healthChecks";
  const std::string test = "{path: /a, exists: true}";
  bad.push_back({field + "[0].kind", with("healthChecks: [{current: [" + test + "]}]"),
                 "is required", "Required value"});
  for (const auto* kind : {"''", "a/b", "1A"}) {
    bad.push_back(
        {field + "[0].kind",
         with("healthChecks: [{kind: " + std::string(kind) + ", current: [" + test + "]}]"),
         "must be up to 63 letters and digits", kPattern});
  }
  bad.push_back({field + "[0].group",
                 with("healthChecks: [{kind: A, group: A/b, current: [" + test + "]}]"), kSubdomain,
                 kPattern});
  bad.push_back({field + "[0].current", with("healthChecks: [{kind: A}]"),
                 "must hold at least one test", "Required value"});
  bad.push_back({field + "[0].current", with("healthChecks: [{kind: A, current: []}]"),
                 "must hold at least one test", "should have at least 1 items"});
  bad.push_back({field + "[1].kind",
                 with("healthChecks: [{kind: A, current: [" + test +
                      "]}, {kind: A, group: '', current: [" + test + "]}]"),
                 "has a check already; put all tests into one", "Duplicate value"});
  const std::string first = field + "[0].current[0].";
  const auto one_of = "needs exactly one of equals, in and exists";
  bad.push_back({first + "path", tests_with("{equals: a}"), "is required", "Required value"});
  bad.push_back({first + "path", tests_with("{path: a, equals: a}"), "is no path of a field",
                 "must be a path of a field, as in"});
  bad.push_back({first + "path", tests_with("{path: /a}"), one_of, same});
  bad.push_back({first + "path", tests_with("{path: /a, equals: a, exists: true}"), one_of, same});
  bad.push_back({first + "equals", tests_with("{path: /a, equals: true}"),
                 "must be a string or a whole number", "must be of type integer,string"});
  bad.push_back({first + "equals", tests_with("{path: /a, equals: 1.5}"),
                 "must be a string or a whole number", "must be of type integer,string"});
  bad.push_back({first + "equals", tests_with("{path: /a, equals: {}}"),
                 "must be a string or a whole number", "must be of type integer,string"});
  bad.push_back({first + "equals",
                 tests_with("{path: /a, equals: " + std::string(1'025, 'a') + "}"),
                 "at most 1024 characters", "Too long: may not be more than 1024"});
  bad.push_back({first + "in", tests_with("{path: /a, in: []}"), "a list of 1 to 32 values",
                 "should have at least 1 items"});
  bad.push_back({first + "in", tests_with("{path: /a, in: [" + numbered("a", "", 33) + "]}"),
                 "a list of 1 to 32 values", "must have at most 32 items"});
  bad.push_back({first + "in", tests_with("{path: /a, in: [null]}"),
                 "must be a string or a whole number", "must be of type integer,string"});
  bad.push_back({first + "exists", tests_with("{path: /a, exists: false}"), "must be true",
                 "supported values: \"true\""});
  bad.push_back({field + "[0].current", tests_with(numbered("{exists: true, path: /a", "}", 9)),
                 "holds more than 8 entries", "must have at most 8 items"});
  std::string checks;
  for (int i = 0; i < 17; ++i) {
    checks +=
        (i == 0 ? "" : ", ") + ("{kind: A" + std::to_string(i)) + ", current: [" + test + "]}";
  }
  bad.push_back({field, with("healthChecks: [" + checks + "]"), "holds more than 16 entries",
                 "must have at most 16 items"});
}

void add_drift_rules(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  const std::string field = "spec.driftRules[0].";
  const auto rule = [](std::string_view members) {
    return with("driftRules: [{" + std::string(members) + "}]");
  };
  const auto one_of = "needs one of mode and paths";
  bad.push_back({field + "mode", rule("kind: A"), one_of, same});
  bad.push_back({field + "mode", rule("mode: ignore, paths: [/a]"), one_of, same});
  bad.push_back({field + "mode", rule("mode: leave"), "must be correct, detect or ignore",
                 "supported values: \"correct\", \"detect\", \"ignore\""});
  bad.push_back({field + "paths", rule("paths: []"), "must hold at least one path",
                 "should have at least 1 items"});
  const auto path = "must be a path of a field, as in";
  for (const auto* text : {"", "spec", "/", "/a//b", "/a/", "/a~", "/a~2", "/l/[name]", "/l/[]",
                           "/l/[name=web", "/l/[name=web]x", "/l/[a=b,c]", "/l/[=a"}) {
    bad.push_back({field + "paths", rule("paths: ['" + std::string(text) + "']"),
                   "is no path of a field", path});
  }
  for (const auto* text : {"/kind", "/apiVersion/x"}) {
    bad.push_back({field + "paths", rule("paths: ['" + std::string(text) + "']"),
                   "every apply has to say", same});
  }
  for (const auto* text : {"/metadata", "/metadata/name", "/metadata/labels", "/metadata/[a=b]"}) {
    bad.push_back({field + "paths", rule("paths: ['" + std::string(text) + "']"),
                   "of metadata only single labels and annotations", same});
  }
  bad.push_back({field + "paths", rule("paths: ['" + repeated("/a", 65) + "']"),
                 "more than 64 segments", path});
  bad.push_back({field + "paths", rule("paths: ['/" + std::string(512, 'a') + "']"),
                 "longer than 512 bytes", "Too long: may not be more than 512"});
  bad.push_back({field + "paths", rule("paths: [" + numbered("/a", "", 17) + "]"),
                 "holds more than 16 entries", "must have at most 16 items"});
  for (const auto* member : {"kind", "group", "namespace", "name"}) {
    for (const auto* text : {"''", "a/b", "'a b'"}) {
      bad.push_back({field + member, rule("mode: ignore, " + std::string(member) + ": " + text),
                     "leave it out for any", kPattern});
    }
  }
  std::string rules;
  for (int i = 0; i < 65; ++i) rules += i == 0 ? "{mode: ignore}" : ", {mode: ignore}";
  bad.push_back({"spec.driftRules", with("driftRules: [" + rules + "]"),
                 "holds more than 64 entries", "must have at most 64 items"});
}

void add_transforms(std::vector<BadSpec>& bad) {
  const std::string same(kSame);
  for (const auto* name : {"a-b", "1a", "''", "a.b", "ä"}) {
    bad.push_back({"spec.substitute", with("substitute: {" + std::string(name) + ": x}"),
                   "is no name of a variable: write letters, digits and \"_\"",
                   "name of a variable must be of letters, digits and \"_\", and no digit at"});
  }
  bad.push_back({"spec.substitute.a", with("substitute: {a: 3}"), "must be a string",
                 "must be of type string"});
  bad.push_back({"spec.substitute.a", with("substitute: {a: " + std::string(65'537, 'a') + "}"),
                 "is longer than 65536 bytes", "Too long: may not be more than 65536"});
  bad.push_back({"spec.substitute", with("substitute: {" + numbered("n", ": x", 257) + "}"),
                 "holds more than 256 entries", "must have at most 256 items"});
  const std::string source = "spec.substituteFrom[0].";
  bad.push_back(
      {source + "kind", with("substituteFrom: [{name: a}]"), "is required", "Required value"});
  bad.push_back({source + "kind", with("substituteFrom: [{kind: Service, name: a}]"),
                 "must be ConfigMap or Secret", "supported values: \"ConfigMap\", \"Secret\""});
  bad.push_back(
      {source + "name", with("substituteFrom: [{kind: Secret}]"), "is required", "Required value"});
  bad.push_back(
      {source + "name", with("substituteFrom: [{kind: Secret, name: A}]"), kSubdomain, kPattern});
  bad.push_back({source + "optional",
                 with("substituteFrom: [{kind: Secret, name: a, optional: maybe}]"),
                 "must be true or false", "must be of type boolean"});
  const std::string common = "spec.commonMetadata.";
  for (const auto* key : {"a b", "", "-a", "A.b/c", "a/b/c", "/a"}) {
    const auto entry = "'" + std::string(key) + "': x";
    bad.push_back({common + "labels", labels_with(entry), " must ", "each key must be up to 63"});
    bad.push_back({common + "annotations", with("commonMetadata: {annotations: {" + entry + "}}"),
                   " must ", "each key must be up to 63"});
  }
  bad.push_back({common + "labels.applyset.kubernetes.io/id",
                 labels_with("applyset.kubernetes.io/id: x"), "is Sealift's own; leave it out",
                 "are Sealift's own; leave them out"});
  for (const auto* value : {"'a b'", "-a", "a/b"}) {
    bad.push_back({common + "labels.a", labels_with("a: " + std::string(value)),
                   "must be empty or up to 63 letters", kPattern});
  }
  bad.push_back(
      {common + "labels.a", labels_with("a: true"), "must be a string", "must be of type string"});
  bad.push_back({common + "annotations.a",
                 with("commonMetadata: {annotations: {a: " + std::string(4'097, 'a') + "}}"),
                 "is longer than 4096 bytes", "Too long: may not be more than 4096"});
  bad.push_back({common + "labels", labels_with(numbered("n", ": x", 65)),
                 "holds more than 64 entries", "must have at most 64 items"});
}

}  // namespace

std::vector<BadSpec> bad_specs() {
  std::vector<BadSpec> bad;
  add_frames(bad);
  add_urls(bad);
  add_selectors(bad);
  add_references(bad);
  add_timing(bad);
  add_behaviour(bad);
  add_health(bad);
  add_drift_rules(bad);
  add_transforms(bad);
  return bad;
}

}  // namespace sealift::delivery
