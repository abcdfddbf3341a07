#include <sealift/base/encoding.h>
#include <sealift/checks/schema_set.h>
#include <sealift/objects/names.h>

#include <algorithm>

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 200;
constexpr JsonLimits kDocumentLimits{kMaxSchemaDocumentBytes, 128, 8u << 20};

bool is_true(const Json* value) {
  const bool* truth = value == nullptr ? nullptr : value->as_bool();
  return truth != nullptr && *truth;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + printable(word, kMaxShown);
  return text;
}

bool names_kind(const Json& schema, std::string_view group, std::string_view version,
                std::string& kind) {
  const Json* kinds = schema.find("x-kubernetes-group-version-kind");
  if (kinds == nullptr || !kinds->is_array()) return false;
  for (const auto& entry : *kinds->as_array()) {
    if (entry.string_at({"group"}) != group || entry.string_at({"version"}) != version) continue;
    kind = entry.string_at({"kind"});
    return !kind.empty();
  }
  return false;
}

// Go packages in reverse notation. A definition's schema is named after its group, and nobody but
// Kubernetes may have one in these.
bool is_built_in(std::string_view component) {
  return component.starts_with("io.k8s.api.") ||
         component.starts_with("io.k8s.apiextensions-apiserver.") ||
         component.starts_with("io.k8s.kube-aggregator.");
}

}  // namespace

void SchemaSet::add_definition(const objects::Object& object) {
  if (object.gvk().group != "apiextensions.k8s.io" || object.gvk().version != "v1" ||
      object.gvk().kind != "CustomResourceDefinition") {
    return;
  }
  const Json& json = object.json();
  const std::string group(json.string_at({"spec", "group"}));
  const std::string kind(json.string_at({"spec", "names", "kind"}));
  const Json* versions = json.find_path({"spec", "versions"});
  if (kind.empty() || versions == nullptr || !versions->is_array()) return;
  auto& served = defined_[{group, kind}];
  for (const auto& version : *versions->as_array()) {
    if (!is_true(version.find("served"))) continue;
    const std::string name(version.string_at({"name"}));
    served.push_back(name);
    const Json* schema = version.find_path({"schema", "openAPIV3Schema"});
    if (schema == nullptr) continue;
    auto document = std::make_shared<SchemaDocument>(SchemaDocument{*schema, {}});
    const Json* root = &document->json;
    const bool keeps = is_true(json.find_path({"spec", "preserveUnknownFields"}));
    schemas_.insert_or_assign(objects::GroupVersionKind{group, name, kind},
                              Schema{std::move(document), root, !keeps, true});
  }
}

Result<> SchemaSet::add_openapi(std::string_view group, std::string_view version,
                                std::string_view bytes, std::string_view what) {
  SEALIFT_ASSIGN(auto json, parse_json(bytes, what, kDocumentLimits));
  auto document = std::make_shared<SchemaDocument>(SchemaDocument{std::move(json), {}});
  const Json* components = document->json.find_path({"components", "schemas"});
  if (components == nullptr || !components->is_object()) {
    return fail(ErrorCode::kInvalidInput,
                std::string(what) + " is no OpenAPI v3 document: components.schemas is missing");
  }
  for (const auto& [name, schema] : *components->as_object()) {
    document->components.emplace(name, &schema);
  }
  documents_.emplace(group, version);
  for (const auto& [name, schema] : document->components) {
    std::string kind;
    if (!names_kind(*schema, group, version, kind)) continue;
    // What a definition says counts: it is what the cluster will have.
    schemas_.try_emplace({std::string(group), std::string(version), std::move(kind)},
                         Schema{document, schema, false, !is_built_in(name)});
  }
  return {};
}

SchemaSet::Answer SchemaSet::find(const objects::GroupVersionKind& gvk) const {
  if (const auto found = schemas_.find(gvk); found != schemas_.end()) return {&found->second};
  const std::string what = printable(gvk.kind, kMaxShown);
  const auto defined = defined_.find({gvk.group, gvk.kind});
  if (defined != defined_.end()) {
    const auto& served = defined->second;
    if (std::find(served.begin(), served.end(), gvk.version) != served.end()) return {};
    return {nullptr,
            "the definition of " + what + " does not serve the version " +
                printable(gvk.version, kMaxShown),
            served.empty() ? "it serves none" : "it serves " + joined(served)};
  }
  if (!documents_.contains({gvk.group, gvk.version})) return {};
  return {nullptr, "there is no kind " + what + " in " + printable(gvk.api_version(), kMaxShown),
          ""};
}

Result<std::string> schema_file_name(std::string_view group, std::string_view version) {
  const bool is_good = objects::rfc1123_label_problem(version).empty() &&
                       (group.empty() || objects::rfc1123_subdomain_problem(group).empty());
  if (!is_good) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(group) + "/" + printable(version) +
                                              "\" is no group and version of an API");
  }
  return (group.empty() ? "api__" : "apis__" + std::string(group) + "__") + std::string(version) +
         "_openapi.json";
}

}  // namespace sealift::checks
