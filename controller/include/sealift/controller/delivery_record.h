#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/controller/delivery_resource.h>
#include <sealift/delivery/delivery.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::controller {

// What the cluster says about one Delivery, by watches and by the answers to our own writes, which
// are there first. Safe from many threads.
class DeliveryRecord {
 public:
  explicit DeliveryRecord(LiveDelivery live) : live_(std::move(live)) {}

  LiveDelivery live() const;
  std::string uid() const;
  Json status() const;
  // As they are, or where somebody has taken them off, as they were.
  ParentMarks latest_marks() const;
  // Of two states the one with the higher version counts: a watch may be behind our own writes.
  // Returns whether it was taken.
  bool take(LiveDelivery live);
  // The next state counts whatever its version: after a watch began anew the cluster may be an
  // older one, from a backup.
  void forget_version();

 private:
  mutable std::mutex mutex_;
  LiveDelivery live_;
  std::unique_ptr<const ParentMarks> lost_marks_;  // null: the live ones are the latest
  bool any_version_ = false;
};

// All Deliveries that this puller is told of.
class DeliveryRecords {
 public:
  // Null where there is none.
  std::shared_ptr<DeliveryRecord> find(const std::string& id) const;
  // The record of that Delivery: a new one where there was none or where that was of another UID.
  std::shared_ptr<DeliveryRecord> take(LiveDelivery live);
  void erase(const std::string& id);
  // Of a namespace, or all where it is empty: their state is told anew.
  void forget_versions(std::string_view name_space);
  // Those of a namespace, or all.
  std::vector<std::string> ids(std::string_view name_space) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<DeliveryRecord>> records_;
};

// kNotFound where the Delivery is gone, or is another one by now.
Result<std::shared_ptr<DeliveryRecord>> record_of(const delivery::Delivery& delivery,
                                                  const DeliveryRecords& records);

}  // namespace sealift::controller
