#pragma once

#include <sealift/controller/status_writer.h>
#include <sealift/target/inventory.h>

#include <memory>

namespace sealift::controller {

// The inventory of a Delivery into another cluster: `there` is its part in that cluster, the parent
// of the ApplySet. Here, on the Delivery, are the finalizer, without which what was delivered would
// stay behind, and status.accepted, which is out of reach of whoever rules the other cluster: of
// the two memories the newer one counts.
//
// `delivery` is copied; the other references must outlive the inventory. kNotFound where the
// Delivery is gone, or is another one by now.
Result<std::unique_ptr<target::Inventory>> make_remote_inventory(
    const delivery::Delivery& delivery, std::unique_ptr<target::Inventory> there,
    DeliveryRecords& records, const DeliveryApi& api, StatusWriter& writer);

}  // namespace sealift::controller
