#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::kube {

inline constexpr std::string_view kFieldManager = "sealift";
// KEP-3659: on each member, the ID of its ApplySet.
inline constexpr std::string_view kPartOfLabel = "applyset.kubernetes.io/part-of";
// "disabled" keeps an object that is no longer in the artifact.
inline constexpr std::string_view kPruneAnnotation = "sealift.dev/prune";

struct ApplyOptions {
  bool dry_run = false;  // server-side: admission runs, nothing is stored
  bool force = true;     // take fields that another manager owns
};

// Server-side apply of one object (PATCH application/apply-patch+yaml, fieldManager=sealift,
// fieldValidation=Strict). Returns the live object. The object has its namespace already. Errors
// begin with the object and its source: kInvalidInput (schema, an admission policy), kForbidden
// (permission, an admission webhook), kConflict (without force: each field and its manager),
// kNotFound (its namespace), kUnavailable, kUnauthenticated, kCancelled.
Result<Json> apply_object(const ApiClient& client, const Resource& resource,
                          const objects::Object& object, const ApplyOptions& options,
                          std::stop_token stop);

// Deletes by name with preconditions on the UID. Background propagation. A missing object is a
// success; another UID under the name is kConflict.
Result<> delete_object(const ApiClient& client, const Resource& resource,
                       std::string_view name_space, std::string_view name, std::string_view uid,
                       std::stop_token stop);

// What is known of a live object without its content (PartialObjectMetadata).
struct ObservedObject {
  objects::ObjectId id;
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  bool keep = false;  // annotation "sealift.dev/prune: disabled"
  // SHA-256 (hex) over our own Apply entry in metadata.managedFields: its apiVersion and fieldsV1;
  // empty where there is none. It changes exactly when somebody took a field from us.
  std::string own_fields_hash;
};
// A whole live object. kInvalidInput without apiVersion, kind, name or UID.
Result<ObservedObject> observe(const Json& object);
// A PartialObjectMetadata, whose own kind says nothing: the resource knows what it describes.
Result<ObservedObject> observe(const Resource& resource, const Json& metadata);

// All members of an ApplySet of one resource in a namespace, or everywhere where that is empty, by
// label, in pages. Of a member whose label another manager wrote, own_fields_hash is empty: we did
// not make it one. kInvalidInput for more than 100,000.
Result<std::vector<ObservedObject>> list_members(const ApiClient& client, const Resource& resource,
                                                 std::string_view name_space,
                                                 std::string_view applyset_id,
                                                 std::stop_token stop);

// One object, if it is a member of the ApplySet now, as list_members() would give it; nullopt where
// it is not there or not a member.
Result<std::optional<ObservedObject>> read_member(const ApiClient& client, const Resource& resource,
                                                  std::string_view name_space,
                                                  std::string_view name,
                                                  std::string_view applyset_id,
                                                  std::stop_token stop);

}  // namespace sealift::kube
