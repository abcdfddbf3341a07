#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/console/delivery_record.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/apply_set.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/health.h>
#include <sealift/objects/object.h>

#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::console {

// The parent of a Delivery's ApplySet (KEP-3659): the Delivery itself, or the ConfigMap
// "sealift-NAME" of a puller that is told by files.
struct InventoryParent {
  std::string kind;  // "Delivery" or "ConfigMap"
  std::string name_space;
  std::string name;
  std::string applyset_id;  // empty: nothing was delivered yet
  std::set<kube::GroupKind> kinds;
  std::set<std::string> additional_namespaces;
};

// From a Delivery's label and annotations. kInvalidInput for lists that are none. Pure.
Result<InventoryParent> inventory_of_delivery(const Json& delivery);

// A Delivery as the cluster knows it: the custom resource, or what a puller that is told by files
// has left.
struct KnownDelivery {
  DeliveryRecord record;
  InventoryParent parent;
  Json document;  // of the custom resource; null for one of files
};

// The custom resource of that name, otherwise the ConfigMap of a Delivery that is a file.
// kNotFound where there is neither.
Result<KnownDelivery> find_delivery(const kube::ApiClient& client,
                                    const delivery::DeliveryName& name, std::stop_token stop);

// From the parent of a Delivery that is a file. kInvalidInput as in kube::parse_config_map(). Pure.
Result<KnownDelivery> delivery_of_config_map(const Json& config_map);

struct LiveMember {
  objects::ObjectId id;
  std::string uid;
  objects::HealthStatus health;
  bool drifted = false;  // see member_status.h
};

// What was asked for: one list.
struct MemberList {
  kube::Resource resource;
  std::string name_space;  // empty: all
};

struct Members {
  std::vector<LiveMember> objects;        // in the order of applying
  std::vector<std::string> unseen_kinds;  // that may have members and could not be listed: why
  std::vector<MemberList> lists{};        // where they were found, or might have been
  // With the label, which somebody else wrote; Sealift leaves them alone. In the same order.
  std::vector<objects::ObjectId> foreign{};
  // Wanted and not live, beside those in `objects`: see member_status.h.
  std::size_t unnamed_missing = 0;
};

// The labels of all members.
std::string member_selector(const InventoryParent& parent);

// The live members, by label and kube::observe_member(), one list for each kind; where listing
// everywhere is forbidden, one for each namespace. Of Secrets and ConfigMaps only the metadata is
// asked for.
Result<Members> list_delivery_members(const kube::ApiClient& client, kube::ResourceMap& resources,
                                      const KnownDelivery& delivery, Timestamp now,
                                      std::stop_token stop);

}  // namespace sealift::console
