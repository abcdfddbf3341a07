#include <sealift/checks/rule.h>

#include <algorithm>

namespace sealift::checks {

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {kInvalidManifest, Severity::kError, "A file holds no valid Kubernetes object",
       "The text is no YAML or JSON, or what it says is no object that an API server would take. "
       "Mend it, or keep the file out of what is published."},
      {kDuplicateObject, Severity::kError, "Two manifests are one object",
       "Group, kind, namespace and name are the same, so that the one that is applied last would "
       "win. Remove one."},
      {kRemovedApi, Severity::kError, "An API version is not served by the Kubernetes release",
       "The API server would answer that it does not know the kind. Move the manifest to the "
       "version that replaced it; fields may have moved with it."},
      {kDeprecatedApi, Severity::kWarning, "An API version is on its way out",
       "It still works with this release, and a later one will not serve it. Move the manifest to "
       "the version that replaces it before clusters are upgraded."},
      {kPlainSecret, Severity::kError, "A text holds what looks like a secret",
       "Whoever can read the repository, the registry or the object can use it. Revoke it, and "
       "let the workload read another one from where secrets are kept."},
      {kSecretObject, Severity::kError, "A Secret carries its values",
       "Base64 is no encryption: whoever can pull the artifact can read it. Publish a SealedSecret "
       "or an ExternalSecret, or create the Secret in the cluster."},
      {kImageTag, Severity::kWarning, "An image is named by a tag",
       "A tag can be moved, so the same commit may run other code tomorrow. Name the image by its "
       "digest: IMAGE@sha256:…"},
      {kSchema, Severity::kError, "An object does not fit the schema of its kind",
       "The API server would refuse it. Schemas are those of the CustomResourceDefinitions beside "
       "the object, and those of a cluster where a directory with them is given."},
      {kUnknownField, Severity::kError, "A field is not in the schema of its kind",
       "A server-side apply refuses it; other ways of applying drop it without a word. Mostly it "
       "is misspelt, or stands in the wrong place."},
      {kNoSchema, Severity::kNote, "No schema is known for a kind",
       "Schemas were given, and none of them is of this kind: its definition is somewhere else. "
       "Fetch the schemas of a cluster that has it."},
      {kUnchecked, Severity::kNote, "A part of an object could not be held against its schema",
       "The schema has a pattern or a reference that is not understood here, or it takes too "
       "long. The API server decides."},
  };
  return all;
}

const Rule* find_rule(std::string_view id) {
  const auto found =
      std::find_if(rules().begin(), rules().end(), [&](const Rule& rule) { return rule.id == id; });
  return found == rules().end() ? nullptr : &*found;
}

std::string known_rules() {
  std::string all;
  for (const Rule& rule : rules()) all += (all.empty() ? "" : ", ") + std::string(rule.id);
  return all;
}

}  // namespace sealift::checks
