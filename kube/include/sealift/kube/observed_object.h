#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::kube {

inline constexpr std::string_view kFieldManager = "sealift";
// KEP-3659: on each member, the ID of its ApplySet.
inline constexpr std::string_view kPartOfLabel = "applyset.kubernetes.io/part-of";
// "true" keeps an object that is no longer in the artifact.
inline constexpr std::string_view kKeepAnnotation = "sealift.dev/keep";
// Paths of fields (objects/field_path_list.h) that others may change.
inline constexpr std::string_view kIgnoreAnnotation = "sealift.dev/ignore";

// Whether an object, live or in a manifest, asks to stay when it is no longer delivered:
// kKeepAnnotation, or Flux's "kustomize.toolkit.fluxcd.io/prune: disabled" as annotation or label.
bool is_kept(const Json& object);

// What is known of a live object without its content (PartialObjectMetadata).
struct ObservedObject {
  objects::ObjectId id;
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  bool keep = false;  // is_kept()
  // SHA-256 (hex) over our own Apply entry in metadata.managedFields: its apiVersion and fieldsV1,
  // without the fields that kIgnoreAnnotation names; empty where there is none. It changes exactly
  // when somebody took another field from us.
  std::string own_fields_hash;
};

// A whole live object. kInvalidInput without apiVersion, kind, name or UID.
Result<ObservedObject> observe(const Json& object);
// A PartialObjectMetadata, whose own kind says nothing: the resource knows what it describes.
Result<ObservedObject> observe(const Resource& resource, const Json& metadata);
// The same of an object that has kPartOfLabel. Where another manager wrote that label,
// own_fields_hash is empty: we did not make it a member.
Result<ObservedObject> observe_member(const Resource& resource, const Json& metadata);

// The value of kPartOfLabel, or empty.
std::string_view applyset_of(const Json& object);

// A resourceVersion as the number that it is (they are ordered as numbers within one resource:
// officially since Kubernetes 1.35, and by all servers before). Nullopt for what is none.
std::optional<std::uint64_t> version_number(std::string_view resource_version);

}  // namespace sealift::kube
