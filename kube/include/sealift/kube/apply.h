#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/observed_object.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::kube {

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

// What an object has to be for a write to happen.
struct Precondition {
  std::string_view uid;
  std::string_view resource_version = {};  // as it was judged; empty: whatever it has become
};

// Deletes by name what meets the precondition. Background propagation. A missing object is a
// success; one that does not meet it is kConflict.
Result<> delete_object(const ApiClient& client, const Resource& resource,
                       std::string_view name_space, std::string_view name,
                       const Precondition& precondition, std::stop_token stop);

// Takes the label of its ApplySet off one object (merge patch) that meets the precondition, so that
// it belongs to nobody. A missing object is a success; one that does not meet it is kConflict.
Result<> disown_object(const ApiClient& client, const Resource& resource,
                       std::string_view name_space, std::string_view name,
                       const Precondition& precondition, std::stop_token stop);

// One live object without its content (PartialObjectMetadata). kNotFound.
Result<Json> read_metadata(const ApiClient& client, const Resource& resource,
                           std::string_view name_space, std::string_view name,
                           std::stop_token stop);

}  // namespace sealift::kube
