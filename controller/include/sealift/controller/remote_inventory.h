#pragma once

#include <sealift/controller/left_behind.h>
#include <sealift/controller/status_writer.h>
#include <sealift/target/inventory.h>

#include <memory>
#include <string>

namespace sealift::controller {

struct RemotePart {
  std::string cluster;  // its address
  std::unique_ptr<target::Inventory> inventory;
};

// The inventory of a Delivery into another cluster: `there` is its part in that cluster, the parent
// of the ApplySet. Here, on the Delivery, are the finalizer, without which what was delivered would
// stay behind, and status.accepted, which is out of reach of whoever rules the other cluster: of
// the two memories the newer one counts.
//
// Which cluster that is stands on the Delivery, too (kCluster). Where it is another one than
// before, `left_behind` is told: a cluster that has the parent is the same one under another
// address.
//
// `delivery` is copied; the other references must outlive the inventory. kNotFound where the
// Delivery is gone, or is another one by now.
Result<std::unique_ptr<target::Inventory>> make_remote_inventory(
    const delivery::Delivery& delivery, RemotePart there, DeliveryRecords& records,
    const DeliveryApi& api, StatusWriter& writer, LeftBehind left_behind);

}  // namespace sealift::controller
