#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/apply_set.h>

#include <string_view>

namespace sealift::kube {

// On a ConfigMap that is the parent of an ApplySet in a remote cluster: the UID of the Delivery, in
// the cluster that manages it.
inline constexpr std::string_view kOwnerUidAnnotation = "dev.sealift.uid";

// Two clusters that manage the same remote one may have Deliveries of one name; each would prune
// what the other one applied. kConflict where the parent belongs to another Delivery, or to one and
// `uid` is empty (a Delivery of a file). A parent without an owner may be taken.
Result<> check_owner(const ApplySetParent& parent, std::string_view uid);

}  // namespace sealift::kube
