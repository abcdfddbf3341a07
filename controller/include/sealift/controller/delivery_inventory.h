#pragma once

#include <sealift/controller/left_behind.h>
#include <sealift/controller/status_writer.h>
#include <sealift/target/inventory.h>

#include <memory>

namespace sealift::controller {

// The Delivery itself as the parent of its ApplySet (KEP-3659): who belongs to it stands in its
// labels and annotations, what was accepted in status.accepted, which whoever may write Deliveries
// alone cannot write. Costs no request to read, one patch of metadata where that must change (the
// first time with the finalizer), and one of status for each artifact that is accepted.
//
// All references must outlive the inventory.
// kNotFound where the Delivery is gone, or is another one by now.
Result<std::unique_ptr<target::Inventory>> make_delivery_inventory(
    const delivery::Delivery& delivery, DeliveryRecords& records, const DeliveryApi& api,
    StatusWriter& writer, LeftBehind left_behind);

// The ApplySet ID of a Delivery of the cluster.
std::string applyset_id_of(const delivery::Delivery& delivery);

}  // namespace sealift::controller
