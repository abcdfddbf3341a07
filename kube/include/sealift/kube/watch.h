#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::kube {

struct WatchEvent {
  enum class Type {
    kReset,     // the state follows from the start: all objects as kAdded, then kSynced
    kAdded,     // also for an object that was there before a kReset
    kModified,  // or added again: a watch may repeat what it said
    kDeleted,
    kSynced  // the state is complete; what was not added since kReset does not exist
  };
  Type type = Type::kAdded;
  Json object;  // whole, or PartialObjectMetadata; null for kReset and kSynced
  // Of this change of the object, which for kDeleted is newer than the object's last state; of the
  // whole state for kSynced. Empty for kReset.
  std::string resource_version;
};

struct WatchOptions {
  std::string name_space;  // empty: all
  std::string label_selector;
  bool metadata_only = false;
  // How the connection is: the error each time it is lost and will be tried again, null each time
  // the server has accepted the watch. May be empty.
  std::function<void(const Error* lost)> on_connection = {};
};

// List and watch in one request where the server can (sendInitialEvents), otherwise list, then
// watch. The first event is kReset. Resumes after a cut from the last resourceVersion; starts again
// with kReset after 410 Gone, and where the server's versions go back (it was restored from a
// backup). Returns the callback's error, kCancelled, or the server's refusal (kForbidden,
// kNotFound, kUnauthenticated); kUnavailable is retried with back-off for as long as `stop` allows.
Result<> watch(const ApiClient& client, const Resource& resource, const WatchOptions& options,
               const std::function<Result<>(WatchEvent)>& on_event, std::stop_token stop);

}  // namespace sealift::kube
