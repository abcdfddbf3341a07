#include <sealift/base/encoding.h>
#include <sealift/kube/apply_set_owner.h>

namespace sealift::kube {

Result<> check_owner(const ApplySetParent& parent, std::string_view uid) {
  const auto owner = parent.annotation(kOwnerUidAnnotation);
  if (owner.empty() || owner == uid) return {};
  return fail(ErrorCode::kConflict,
              "the ConfigMap " + parent.name_space + "/" + parent.name +
                  " is the inventory of another Delivery (UID " + printable(owner) +
                  "), perhaps of another management cluster: give this one another name, or, where "
                  "that Delivery is no more, remove the annotation " +
                  std::string(kOwnerUidAnnotation) + " from the ConfigMap");
}

}  // namespace sealift::kube
