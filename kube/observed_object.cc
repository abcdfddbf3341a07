#include <sealift/base/digest.h>
#include <sealift/kube/observed_object.h>
#include <sealift/objects/field_path_list.h>

#include <charconv>
#include <cstddef>
#include <string>
#include <utility>

namespace sealift::kube {
namespace {

// The longest that an API server takes: RFC 1123 subdomains, and values of labels.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabelValue = 63;
constexpr std::string_view kFluxPrune = "kustomize.toolkit.fluxcd.io/prune";

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

// "true" alone, which is about the whole object, and a list that cannot be read let no field go.
std::vector<objects::FieldPath> ignored_fields(const Json& metadata) {
  const auto text = metadata.string_at({"annotations", kIgnoreAnnotation});
  auto paths = objects::parse_field_paths(text);
  return paths ? *std::move(paths) : std::vector<objects::FieldPath>();
}

// Its "time" says when, not what, and stays out of the hash.
std::string own_fields_hash(const Json& metadata) {
  const Json* entry = find_own_entry(metadata);
  if (!entry) return {};
  const Json* found = entry->find("fieldsV1");
  Json fields = found ? *found : Json();
  for (const auto& path : ignored_fields(metadata)) objects::disown_field(fields, path);
  Json owned = Json::object();
  owned.set("apiVersion", entry->string_at({"apiVersion"}));
  owned.set("fieldsV1", std::move(fields));
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
  for (const auto& text : {observed.id.name_space, observed.id.name, observed.uid}) {
    if (text.size() > kMaxName) {
      return fail(ErrorCode::kInvalidInput,
                  "the API server sent an object with a name, namespace or UID of " +
                      std::to_string(text.size()) + " bytes, beyond the limit of " +
                      std::to_string(kMaxName));
    }
  }
  observed.resource_version = object.string_at({"metadata", "resourceVersion"});
  observed.deleting = !object.string_at({"metadata", "deletionTimestamp"}).empty();
  observed.keep = is_kept(object);
  observed.own_fields_hash = own_fields_hash(*metadata);
  return observed;
}

}  // namespace

std::string_view applyset_of(const Json& object) {
  return object.string_at({"metadata", "labels", kPartOfLabel});
}

bool is_kept(const Json& object) {
  const auto says = [&](std::string_view map, std::string_view name, std::string_view value) {
    return object.string_at({"metadata", map, name}) == value;
  };
  return says("annotations", kKeepAnnotation, "true") ||
         says("annotations", kFluxPrune, "disabled") || says("labels", kFluxPrune, "disabled");
}

std::optional<std::uint64_t> version_number(std::string_view resource_version) {
  std::uint64_t number = 0;
  const auto* end = resource_version.data() + resource_version.size();
  const auto read = std::from_chars(resource_version.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

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

Result<ObservedObject> observe_member(const Resource& resource, const Json& metadata) {
  SEALIFT_ASSIGN(auto member, observe(resource, metadata));
  if (applyset_of(metadata).size() > kMaxLabelValue) {
    return fail(ErrorCode::kInvalidInput, "the API server sent " + member.id.to_string() +
                                              " with a label longer than the limit of " +
                                              std::to_string(kMaxLabelValue) + " bytes");
  }
  if (!is_labelled_by_us(*metadata.find("metadata"))) member.own_fields_hash.clear();
  return member;
}

}  // namespace sealift::kube
