#include <sealift/base/digest.h>
#include <sealift/kube/apply.h>

#include <utility>

#include "list.h"

namespace sealift::kube {
namespace {

// Server-side apply writes one entry for a manager, an operation and a subresource; ours has no
// subresource. Null where there is none.
const Json* find_own_entry(const Json& metadata) {
  const Json* found = metadata.find("managedFields");
  const Json::Array* entries = found ? found->as_array() : nullptr;
  if (!entries) return nullptr;
  for (const auto& entry : *entries) {
    if (entry.string_at({"manager"}) != kFieldManager) continue;
    if (entry.string_at({"operation"}) != "Apply") continue;
    if (entry.string_at({"subresource"}).empty()) return &entry;
  }
  return nullptr;
}

// Its "time" says when, not what, and stays out of the hash.
std::string own_fields_hash(const Json& metadata) {
  const Json* entry = find_own_entry(metadata);
  if (!entry) return {};
  Json owned = Json::object();
  owned.set("apiVersion", entry->string_at({"apiVersion"}));
  const Json* fields = entry->find("fieldsV1");
  owned.set("fieldsV1", fields ? *fields : Json());
  return Digest::of(dump_json_sorted(owned)).hex();
}

// Anybody who may edit an object can give it any ApplySet's label; who wrote it last owns it.
bool is_labelled_by_us(const Json& metadata) {
  const Json* entry = find_own_entry(metadata);
  return entry && entry->find_path({"fieldsV1", "f:metadata", "f:labels",
                                    "f:" + std::string(kPartOfLabel)}) != nullptr;
}

Result<ObservedObject> observe_as(objects::GroupVersionKind gvk, const Json& object) {
  const Json* metadata = object.find("metadata");
  ObservedObject observed;
  observed.id = {std::move(gvk.group), std::move(gvk.kind),
                 std::string(object.string_at({"metadata", "namespace"})),
                 std::string(object.string_at({"metadata", "name"}))};
  observed.uid = object.string_at({"metadata", "uid"});
  if (observed.id.kind.empty() || observed.id.name.empty() || observed.uid.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the API server sent an object without a kind, a name or a UID");
  }
  observed.resource_version = object.string_at({"metadata", "resourceVersion"});
  observed.deleting = !object.string_at({"metadata", "deletionTimestamp"}).empty();
  observed.keep = object.string_at({"metadata", "annotations", kPruneAnnotation}) == "disabled";
  observed.own_fields_hash = own_fields_hash(*metadata);
  return observed;
}

Result<ObservedObject> observe_member(const Resource& resource, const Json& metadata) {
  SEALIFT_ASSIGN(auto member, observe(resource, metadata));
  if (!is_labelled_by_us(*metadata.find("metadata"))) member.own_fields_hash.clear();
  return member;
}

}  // namespace

Result<ObservedObject> observe(const Json& object) {
  const auto api_version = object.string_at({"apiVersion"});
  const auto slash = api_version.find('/');
  const auto group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  if (group == "meta.k8s.io") {
    return fail(ErrorCode::kInvalidInput,
                "metadata alone does not say of which kind it is: observe it with its resource");
  }
  return observe_as({std::string(group), "", std::string(object.string_at({"kind"}))}, object);
}

Result<ObservedObject> observe(const Resource& resource, const Json& metadata) {
  return observe_as(resource.gvk, metadata);
}

Result<std::vector<ObservedObject>> list_members(const ApiClient& client, const Resource& resource,
                                                 std::string_view name_space,
                                                 std::string_view applyset_id,
                                                 std::stop_token stop) {
  ListOptions options;
  options.name_space = name_space;
  options.label_selector = std::string(kPartOfLabel) + "=" + std::string(applyset_id);
  options.metadata_only = true;
  std::vector<ObservedObject> members;
  ListCallbacks callbacks;
  callbacks.on_item = [&](const Json& item) -> Result<> {
    SEALIFT_ASSIGN(auto member, observe_member(resource, item));
    members.push_back(std::move(member));
    return {};
  };
  callbacks.on_restart = [&]() -> Result<> {
    members.clear();
    return {};
  };
  SEALIFT_TRY_CONTEXT(
      list_in_pages(client, resource, options, callbacks, stop),
      "list the members of ApplySet " + options.label_selector + " among " + resource.plural);
  return members;
}

Result<std::optional<ObservedObject>> read_member(const ApiClient& client, const Resource& resource,
                                                  std::string_view name_space,
                                                  std::string_view name,
                                                  std::string_view applyset_id,
                                                  std::stop_token stop) {
  auto found = client.get_as(resource.path(name_space, name), {}, kMetadataOnly, stop);
  if (!found) {
    if (found.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(found).error());
  }
  if (found->string_at({"metadata", "labels", kPartOfLabel}) != applyset_id) return std::nullopt;
  SEALIFT_ASSIGN(auto member, observe_member(resource, *found));
  return member;
}

}  // namespace sealift::kube
