#include <sealift/controller/delivery_record.h>

#include <utility>

namespace sealift::controller {
namespace {

bool is_within(const std::string& id, std::string_view name_space) {
  return name_space.empty() || (id.starts_with(name_space) && id.size() > name_space.size() &&
                                id[name_space.size()] == '/');
}

}  // namespace

LiveDelivery DeliveryRecord::live() const {
  std::scoped_lock lock(mutex_);
  return live_;
}

std::string DeliveryRecord::uid() const {
  std::scoped_lock lock(mutex_);
  return live_.trigger.uid;
}

ParentMarks DeliveryRecord::latest_marks() const {
  std::scoped_lock lock(mutex_);
  return lost_marks_ ? *lost_marks_ : live_.marks;
}

Json DeliveryRecord::status() const {
  std::string text;
  {
    std::scoped_lock lock(mutex_);
    text = live_.status;
  }
  // We wrote this text from a document, so it is one.
  auto status = parse_json(text, "a status");
  return status && status->is_object() ? *std::move(status) : Json::object();
}

bool DeliveryRecord::take(LiveDelivery live) {
  std::scoped_lock lock(mutex_);
  if (live.version < live_.version && !any_version_) return false;
  any_version_ = false;
  if (!live.marks.group_kinds.empty()) {
    lost_marks_.reset();
  } else if (!live_.marks.group_kinds.empty()) {
    lost_marks_ = std::make_unique<const ParentMarks>(std::move(live_.marks));
  }
  live_ = std::move(live);
  return true;
}

void DeliveryRecord::forget_version() {
  std::scoped_lock lock(mutex_);
  any_version_ = true;
}

std::shared_ptr<DeliveryRecord> DeliveryRecords::find(const std::string& id) const {
  std::scoped_lock lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : found->second;
}

std::shared_ptr<DeliveryRecord> DeliveryRecords::take(LiveDelivery live) {
  std::shared_ptr<DeliveryRecord> record;
  {
    std::scoped_lock lock(mutex_);
    auto& entry = records_[live.id()];
    if (!entry || entry->uid() != live.trigger.uid) {
      entry = std::make_shared<DeliveryRecord>(std::move(live));
      return entry;
    }
    record = entry;
  }
  record->take(std::move(live));
  return record;
}

void DeliveryRecords::erase(const std::string& id) {
  std::scoped_lock lock(mutex_);
  records_.erase(id);
}

void DeliveryRecords::forget_versions(std::string_view name_space) {
  std::scoped_lock lock(mutex_);
  for (auto& [id, record] : records_) {
    if (is_within(id, name_space)) record->forget_version();
  }
}

std::vector<std::string> DeliveryRecords::ids(std::string_view name_space) const {
  std::scoped_lock lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [id, record] : records_) {
    if (is_within(id, name_space)) out.push_back(id);
  }
  return out;
}

std::size_t DeliveryRecords::size() const {
  std::scoped_lock lock(mutex_);
  return records_.size();
}

Result<std::shared_ptr<DeliveryRecord>> record_of(const delivery::Delivery& delivery,
                                                  const DeliveryRecords& records) {
  auto record = records.find(delivery.id());
  if (record && record->uid() == delivery.uid) return record;
  return fail(ErrorCode::kNotFound,
              "the Delivery " + delivery.id() + " is gone, or another one by now");
}

}  // namespace sealift::controller
