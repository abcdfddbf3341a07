#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/objects/object.h>

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::target {

// Who the other sets are that objects in the way belong to. A label holds the hash of a name alone,
// so the cluster is asked, once for each set and only where there is a conflict to explain. Safe to
// use from many threads. `client`, the puller's own identity, must outlive it.
class SetOwners {
 public:
  explicit SetOwners(const kube::ApiClient& client) : client_(client) {}

  // kConflict: the object, the owner by name where it can be seen, and what to do.
  Error conflict(const objects::ObjectId& object, const std::string& applyset_id,
                 std::stop_token stop);

 private:
  // In words, "the Delivery shop/web"; nullopt where no parent has that set.
  using Owner = Result<std::optional<std::string>>;
  Owner find(const std::string& applyset_id, const std::stop_token& stop) const;

  const kube::ApiClient& client_;
  std::mutex mutex_;
  std::map<std::string, Owner> known_;
};

}  // namespace sealift::target
