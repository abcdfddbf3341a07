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

struct ApplyOptions {
  bool dry_run = false;  // server-side: admission runs, nothing is stored
  bool force = true;     // take fields that another manager owns
};

// Server-side apply of one object (PATCH application/apply-patch+yaml, fieldManager=sealift,
// fieldValidation=Strict). Returns the live object.
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
  // SHA-256 over our own Apply entry in metadata.managedFields; empty where there is none. It
  // changes exactly when somebody took a field from us.
  std::string own_fields_hash;
};
Result<ObservedObject> observe(const Json& object_or_metadata);

// All members of an ApplySet of one resource, by label, in pages.
Result<std::vector<ObservedObject>> list_members(const ApiClient& client, const Resource& resource,
                                                 std::string_view applyset_id,
                                                 std::stop_token stop);

}  // namespace sealift::kube
