#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>
#include <sealift/target/plan.h>

#include <functional>
#include <stop_token>

#include "cluster_session.h"

namespace sealift::target {

// Takes members out of the set, each only as it is known here. That may be behind: a watch tells
// late that somebody wants an object to stay, or has made it another's. So each request names the
// version that was judged, and where that has changed, this reads what it is now, to be judged
// again. One request for each object otherwise.
class MemberRemoval {
 public:
  MemberRemoval(const ClusterSession& session, LiveObjects live)
      : session_(session), live_(std::move(live)) {}

  // The members that are left, as far as is known.
  const LiveObjects& live() const { return live_; }

  // Of a member in live(). False: live() has changed, and nothing else. kConflict where it changes
  // again and again.
  Result<bool> erase(const objects::ObjectId& id, const std::stop_token& stop);
  Result<bool> let_go(const objects::ObjectId& id, const std::stop_token& stop);

 private:
  using Request = std::function<Result<>(const kube::Resource&, const kube::Precondition&)>;
  Result<bool> take_out(const objects::ObjectId& id, const kube::Resource& resource,
                        const Request& request, const std::stop_token& stop);
  Result<> look_again(const objects::ObjectId& id, const kube::Resource& resource,
                      const std::stop_token& stop);

  const ClusterSession& session_;
  LiveObjects live_;
  int conflicts_ = 0;  // one after the other
};

}  // namespace sealift::target
