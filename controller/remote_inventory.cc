#include <sealift/controller/remote_inventory.h>

#include <optional>
#include <utility>

namespace sealift::controller {
namespace {

class RemoteInventory : public target::Inventory {
 public:
  RemoteInventory(delivery::Delivery delivery, std::unique_ptr<target::Inventory> there,
                  std::shared_ptr<DeliveryRecord> record, const DeliveryApi& api,
                  StatusWriter& writer)
      : delivery_(std::move(delivery)),
        there_(std::move(there)),
        record_(std::move(record)),
        api_(api),
        writer_(writer) {}

  std::string applyset_id() const override { return there_->applyset_id(); }
  Result<target::MemberPlaces> places() const override { return there_->places(); }

  Result<target::TargetMemory> recall(std::stop_token stop) override {
    SEALIFT_ASSIGN(auto there, there_->recall(std::move(stop)));
    SEALIFT_ASSIGN(auto here, accepted_in(record_->status(), "the Delivery " + delivery_.id()));
    const bool is_newer = here.digest && (!there.digest || here.sequence > there.sequence);
    return is_newer ? std::move(here) : std::move(there);
  }

  Result<> extend(const target::MemberPlaces& places, const target::Acceptance& acceptance,
                  std::stop_token stop) override {
    SEALIFT_TRY(add_finalizer(stop));
    SEALIFT_TRY(there_->extend(places, acceptance, stop));
    return writer_.accept(delivery_, acceptance, std::move(stop));
  }

  Result<> shrink(const target::MemberPlaces& places, std::stop_token stop) override {
    return there_->shrink(places, std::move(stop));
  }

  Result<> remove(std::stop_token stop) override {
    SEALIFT_TRY(there_->remove(stop));
    return api_.release(*record_, std::move(stop));
  }

 private:
  Result<> add_finalizer(std::stop_token stop) {
    const auto change = [](const LiveDelivery& live) -> std::optional<Json> {
      // The API server takes no new finalizer on what is being deleted.
      if (live.has_finalizer() || live.trigger.deleting) return std::nullopt;
      return Json(Json::Object{{"finalizers", finalizers_with(live)}});
    };
    SEALIFT_TRY_CONTEXT(api_.patch_metadata(*record_, change, std::move(stop)),
                        "adding the finalizer");
    return {};
  }

  delivery::Delivery delivery_;
  std::unique_ptr<target::Inventory> there_;
  std::shared_ptr<DeliveryRecord> record_;
  const DeliveryApi& api_;
  StatusWriter& writer_;
};

}  // namespace

Result<std::unique_ptr<target::Inventory>> make_remote_inventory(
    const delivery::Delivery& delivery, std::unique_ptr<target::Inventory> there,
    DeliveryRecords& records, const DeliveryApi& api, StatusWriter& writer) {
  SEALIFT_ASSIGN(auto record, record_of(delivery, records));
  return std::make_unique<RemoteInventory>(delivery, std::move(there), std::move(record), api,
                                           writer);
}

}  // namespace sealift::controller
