#include <sealift/base/base64url.h>
#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>
#include <sealift/objects/names.h>

#include <algorithm>

namespace sealift::kube {
namespace {

constexpr std::string_view kToolPrefix = "sealift/";
// Each kind is looked up and watched, in each namespace where the whole cluster may not be seen.
constexpr std::size_t kMaxGroupKinds = 500;
constexpr std::size_t kMaxNamespaces = 2'000;

std::string join(const std::set<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ",") + item;
  return out;
}

Result<std::vector<std::string_view>> split(std::string_view text, std::size_t limit,
                                            std::string_view annotation) {
  std::vector<std::string_view> items;
  while (!text.empty()) {
    if (items.size() == limit) {
      return fail(ErrorCode::kInvalidInput,
                  std::string(annotation) + " would list more than the limit of " +
                      std::to_string(limit) +
                      ": divide the artifact among several Deliveries; where the annotation itself "
                      "was changed, give it back what it held");
    }
    const auto comma = text.find(',');
    items.push_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return items;
}

Result<> check_is_ours(const Json& config_map, const ApplySetParent& parent) {
  const auto what = "the ConfigMap " + parent.name_space + "/" + parent.name;
  const auto id = config_map.string_at({"metadata", "labels", kApplySetIdLabel});
  if (id != parent.id()) {
    return fail(ErrorCode::kConflict,
                what +
                    (id.empty() ? " exists and is no ApplySet parent"
                                : " has the ApplySet ID \"" + printable(id) +
                                      "\", which is not that of its name and namespace") +
                    ": use another name, or remove it");
  }
  const auto tooling =
      config_map.string_at({"metadata", "annotations", kApplySetToolingAnnotation});
  if (!is_own_tooling(tooling)) {
    return fail(ErrorCode::kConflict, what + " is the ApplySet parent of another tool (\"" +
                                          printable(tooling) + "\"): use another name");
  }
  return {};
}

Result<> read_annotations(const Json::Object& annotations, ApplySetParent& parent) {
  for (const auto& [name, value] : annotations) {
    const auto* text = value.as_string();
    if (!text || name == kApplySetToolingAnnotation) continue;
    if (name == kApplySetGroupKindsAnnotation) {
      SEALIFT_ASSIGN(parent.group_kinds, parse_group_kinds(*text));
    } else if (name == kApplySetNamespacesAnnotation) {
      SEALIFT_ASSIGN(parent.additional_namespaces, parse_namespaces(*text));
    } else {
      parent.annotations.emplace_back(name, *text);
    }
  }
  return {};
}

}  // namespace

// A group becomes part of paths that we ask for.
Result<GroupKind> GroupKind::parse(std::string_view text) {
  const auto dot = text.find('.');
  GroupKind out;
  out.kind = text.substr(0, dot);
  if (dot != std::string_view::npos) out.group = text.substr(dot + 1);
  const bool has_group = dot != std::string_view::npos;
  if (!objects::kind_problem(out.kind).empty() ||
      (has_group && !objects::rfc1123_subdomain_problem(out.group).empty())) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(text) + "\" is no KIND.GROUP: remove it there");
  }
  return out;
}

// kubectl writes and checks the texts in sorted order, which is not the order of the pairs.
std::string group_kinds_text(const std::set<GroupKind>& group_kinds) {
  std::set<std::string> texts;
  for (const auto& group_kind : group_kinds) texts.insert(group_kind.to_string());
  return join(texts);
}

std::string namespaces_text(const std::set<std::string>& name_spaces) { return join(name_spaces); }

Result<std::set<GroupKind>> parse_group_kinds(std::string_view text) {
  std::set<GroupKind> out;
  SEALIFT_ASSIGN(const auto items, split(text, kMaxGroupKinds, kApplySetGroupKindsAnnotation));
  for (const auto item : items) {
    SEALIFT_ASSIGN_CONTEXT(auto group_kind, GroupKind::parse(item), kApplySetGroupKindsAnnotation);
    out.insert(std::move(group_kind));
  }
  return out;
}

// The names become part of paths that we ask for.
Result<std::set<std::string>> parse_namespaces(std::string_view text) {
  std::set<std::string> out;
  SEALIFT_ASSIGN(const auto items, split(text, kMaxNamespaces, kApplySetNamespacesAnnotation));
  for (const auto item : items) {
    if (!objects::rfc1123_label_problem(item).empty()) {
      return fail(ErrorCode::kInvalidInput, "\"" + printable(item) + "\" in its annotation " +
                                                std::string(kApplySetNamespacesAnnotation) +
                                                " is no name of a namespace: remove it there");
    }
    out.emplace(item);
  }
  return out;
}

bool is_own_tooling(std::string_view tooling) { return tooling.starts_with(kToolPrefix); }

std::string applyset_id(std::string_view name, std::string_view name_space, std::string_view kind,
                        std::string_view group) {
  std::string text;
  for (const auto part : {name, name_space, kind}) text += std::string(part) + ".";
  return "applyset-" + base64url_encode(Digest::of(text + std::string(group)).raw()) + "-v1";
}

std::string_view ApplySetParent::annotation(std::string_view annotation_name) const {
  const auto found = std::find_if(annotations.begin(), annotations.end(), [&](const auto& entry) {
    return entry.first == annotation_name;
  });
  return found == annotations.end() ? std::string_view() : std::string_view(found->second);
}

Json to_config_map(const ApplySetParent& parent) {
  Json annotations = Json::object();
  annotations.set(kApplySetToolingAnnotation, kApplySetTooling);
  annotations.set(kApplySetGroupKindsAnnotation, group_kinds_text(parent.group_kinds));
  annotations.set(kApplySetNamespacesAnnotation, namespaces_text(parent.additional_namespaces));
  for (const auto& [name, value] : parent.annotations) annotations.set(name, value);
  Json labels = Json::object();
  labels.set(kApplySetIdLabel, parent.id());
  Json metadata = Json::object();
  metadata.set("name", parent.name);
  metadata.set("namespace", parent.name_space);
  metadata.set("labels", std::move(labels));
  metadata.set("annotations", std::move(annotations));
  return Json(
      Json::Object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", std::move(metadata)}});
}

Result<ApplySetParent> parse_config_map(const Json& config_map) {
  ApplySetParent parent;
  parent.name = config_map.string_at({"metadata", "name"});
  parent.name_space = config_map.string_at({"metadata", "namespace"});
  SEALIFT_TRY(check_is_ours(config_map, parent));
  const Json* annotations = config_map.find_path({"metadata", "annotations"});
  if (annotations && annotations->is_object()) {
    SEALIFT_TRY_CONTEXT(read_annotations(*annotations->as_object(), parent),
                        "the ApplySet parent " + parent.name_space + "/" + parent.name);
  }
  return parent;
}

Result<std::optional<ApplySetParent>> read_applyset_parent(const ApiClient& client,
                                                           std::string_view name_space,
                                                           std::string_view name,
                                                           std::stop_token stop) {
  auto found = client.get(config_maps().path(name_space, name), {}, stop);
  if (!found) {
    if (found.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(found).error().with_context("read the ApplySet parent"));
  }
  SEALIFT_ASSIGN(auto parent, parse_config_map(*found));
  return parent;
}

Result<> write_applyset_parent(const ApiClient& client, const ApplySetParent& parent,
                               std::stop_token stop) {
  const auto what = "the ApplySet parent " + parent.name_space + "/" + parent.name;
  // What cannot be read again must not be written.
  SEALIFT_TRY_CONTEXT(parse_group_kinds(group_kinds_text(parent.group_kinds)), what);
  SEALIFT_TRY_CONTEXT(parse_namespaces(namespaces_text(parent.additional_namespaces)), what);
  const ApiClient::Query query{{"fieldManager", std::string(kFieldManager)}, {"force", "true"}};
  SEALIFT_TRY_CONTEXT(client.patch(config_maps().path(parent.name_space, parent.name), query,
                                   "application/apply-patch+yaml", to_config_map(parent), stop),
                      "write " + what);
  return {};
}

Result<> remove_applyset_parent(const ApiClient& client, std::string_view name_space,
                                std::string_view name, std::stop_token stop) {
  const Json options(Json::Object{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}});
  auto removed = client.remove(config_maps().path(name_space, name), options, stop);
  if (removed || removed.error().code() == ErrorCode::kNotFound) return {};
  return fail(std::move(removed).error().with_context("remove the ApplySet parent"));
}

}  // namespace sealift::kube
