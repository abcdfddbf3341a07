#include <sealift/controller/remote_inventory.h>

#include <optional>
#include <utility>

namespace sealift::controller {
namespace {

class RemoteInventory : public target::Inventory {
 public:
  RemoteInventory(delivery::Delivery delivery, RemotePart there,
                  std::shared_ptr<DeliveryRecord> record, const DeliveryApi& api,
                  StatusWriter& writer, LeftBehind left_behind)
      : delivery_(std::move(delivery)),
        cluster_(std::move(there.cluster)),
        there_(std::move(there.inventory)),
        record_(std::move(record)),
        api_(api),
        writer_(writer),
        left_behind_(std::move(left_behind)) {}

  std::string applyset_id() const override { return there_->applyset_id(); }
  objects::ObjectId parent() const override { return there_->parent(); }
  Result<target::MemberPlaces> places() const override { return there_->places(); }

  Result<target::TargetMemory> recall(std::stop_token stop) override {
    SEALIFT_ASSIGN(auto there, there_->recall(std::move(stop)));
    is_known_there_ = there.digest.has_value();
    SEALIFT_ASSIGN(auto here, accepted_in(record_->status(), "the Delivery " + delivery_.id()));
    return target::weighed(std::move(here), std::move(there));
  }

  Result<> extend(const target::MemberPlaces& places, const target::Acceptance& acceptance,
                  std::stop_token stop) override {
    tell_what_stays();
    SEALIFT_TRY(write_metadata(stop));
    SEALIFT_TRY(there_->extend(places, acceptance, stop));
    is_known_there_ = true;
    return writer_.accept(delivery_, acceptance, std::move(stop));
  }

  bool is_intact() const override {
    const auto live = record_->live();
    return live.has_finalizer() && live.cluster == cluster_ && there_->is_intact();
  }

  Result<> shrink(const target::MemberPlaces& places, std::stop_token stop) override {
    return there_->shrink(places, std::move(stop));
  }

  Result<> remove(std::stop_token stop) override {
    SEALIFT_TRY(there_->remove(stop));
    return api_.release(*record_, std::move(stop));
  }

 private:
  void tell_what_stays() {
    const auto live = record_->live();
    const auto tell = [&](const std::string& cluster, const std::string& applyset) {
      left_behind_(delivery_, left_behind_note(cluster, applyset, record_->status()));
    };
    if (live.cluster.empty() && !live.marks.group_kinds.empty()) {
      tell("the puller's own cluster", live.marks.id);
    } else if (!live.cluster.empty() && live.cluster != cluster_ && !is_known_there_) {
      tell(live.cluster, there_->applyset_id());
    }
  }

  Result<> write_metadata(std::stop_token stop) {
    const auto change = [this](const LiveDelivery& live) -> std::optional<Json> {
      Json metadata = Json::object();
      // The API server takes no new finalizer on what is being deleted.
      if (!live.has_finalizer() && !live.trigger.deleting) {
        metadata.set("finalizers", finalizers_with(live));
      }
      if (live.cluster != cluster_) {
        metadata.set("annotations", Json(Json::Object{{std::string(kCluster), cluster_}}));
      }
      if (metadata.as_object()->empty()) return std::nullopt;
      return metadata;
    };
    SEALIFT_TRY_CONTEXT(api_.patch_metadata(*record_, change, std::move(stop)),
                        "adding the finalizer");
    return {};
  }

  delivery::Delivery delivery_;
  std::string cluster_;
  std::unique_ptr<target::Inventory> there_;
  std::shared_ptr<DeliveryRecord> record_;
  const DeliveryApi& api_;
  StatusWriter& writer_;
  LeftBehind left_behind_;
  bool is_known_there_ = false;
};

}  // namespace

Result<std::unique_ptr<target::Inventory>> make_remote_inventory(
    const delivery::Delivery& delivery, RemotePart there, DeliveryRecords& records,
    const DeliveryApi& api, StatusWriter& writer, LeftBehind left_behind) {
  SEALIFT_ASSIGN(auto record, record_of(delivery, records));
  return std::make_unique<RemoteInventory>(delivery, std::move(there), std::move(record), api,
                                           writer, std::move(left_behind));
}

}  // namespace sealift::controller
