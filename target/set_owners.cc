#include "set_owners.h"

#include <sealift/base/encoding.h>
#include <sealift/kube/apply_set.h>
#include <sealift/kube/metadata_form.h>
#include <sealift/kube/observed_object.h>

#include <string_view>
#include <utility>

namespace sealift::target {
namespace {

const kube::Resource& deliveries() {
  static const kube::Resource kDeliveries{
      {"sealift.dev", "v1alpha1", "Delivery"}, "deliveries", true};
  return kDeliveries;
}

// "shop/web": the object of that kind whose set it is. Its label is anybody's to write, its name is
// not.
Result<std::optional<std::string>> find_parent(const kube::ApiClient& client,
                                               const kube::Resource& resource,
                                               const std::string& applyset_id,
                                               const std::stop_token& stop) {
  const kube::ApiClient::Query query{
      {"labelSelector", std::string(kube::kApplySetIdLabel) + "=" + applyset_id}, {"limit", "50"}};
  SEALIFT_ASSIGN(const auto list,
                 client.get_as(resource.path("", ""), query, kube::kMetadataListOnly, stop));
  const auto* items = list.find("items");
  if (items == nullptr || items->as_array() == nullptr) return std::nullopt;
  for (const auto& item : *items->as_array()) {
    const auto name = item.string_at({"metadata", "name"});
    const auto name_space = item.string_at({"metadata", "namespace"});
    const auto& gvk = resource.gvk;
    if (kube::applyset_id(name, name_space, gvk.kind, gvk.group) != applyset_id) continue;
    return printable(name_space) + "/" + printable(name);
  }
  return std::nullopt;
}

}  // namespace

SetOwners::Owner SetOwners::find(const std::string& applyset_id,
                                 const std::stop_token& stop) const {
  auto delivery = find_parent(client_, deliveries(), applyset_id, stop);
  if (delivery && *delivery) return "the Delivery " + **delivery;
  // Where only files are delivered, the kind may be missing.
  if (!delivery && delivery.error().code() != ErrorCode::kNotFound) return delivery;
  // A puller may not list ConfigMaps as a rule: it counts as none.
  const auto map = find_parent(client_, kube::config_maps(), applyset_id, stop);
  if (map && *map) return "the delivery with the inventory ConfigMap " + **map;
  return std::nullopt;
}

Error SetOwners::conflict(const objects::ObjectId& object, const std::string& applyset_id,
                          std::stop_token stop) {
  std::optional<Owner> owner;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(applyset_id);
    if (known != known_.end()) owner = known->second;
  }
  if (!owner) {
    owner = find(applyset_id, stop);
    const std::scoped_lock lock(mutex_);
    known_.insert_or_assign(applyset_id, *owner);
  }
  const auto label = std::string(kube::kPartOfLabel);
  const auto who = object.to_string() + " belongs to ";
  const auto mark = " (its label " + label + " is " + printable(applyset_id, 80) + ")";
  if (*owner && **owner) {
    return Error(ErrorCode::kConflict,
                 who + ***owner + mark + "; remove it from one of the two artifacts");
  }
  if (*owner) {
    return Error(ErrorCode::kConflict,
                 who + "another delivery" + mark +
                     ", and none that can be seen in this cluster is that one: where it was "
                     "deleted or renamed, give the Delivery its name again, or take the label off "
                     "the object to have it taken over");
  }
  return Error(ErrorCode::kConflict, who + "another delivery" + mark +
                                         "; remove it from one of the two artifacts, or, where "
                                         "that delivery is no more, take the label off the object");
}

}  // namespace sealift::target
