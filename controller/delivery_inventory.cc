#include <sealift/base/encoding.h>
#include <sealift/controller/delivery_inventory.h>
#include <sealift/kube/apply_set.h>

#include <optional>
#include <utility>

namespace sealift::controller {
namespace {

ParentMarks marks_for(const std::string& applyset_id, const target::MemberPlaces& places) {
  return {applyset_id, std::string(kube::kApplySetTooling), kube::group_kinds_text(places.kinds),
          kube::namespaces_text(places.name_spaces)};
}

// Of the set that it had in a remote cluster, whose parent is a ConfigMap.
std::string remote_applyset_id_of(const delivery::Delivery& delivery) {
  return kube::applyset_id("sealift-" + delivery.name, delivery.name_space, "ConfigMap", "");
}

// The part of `metadata` that makes `wanted` of what is there.
Json change_of(const ParentMarks& now, const ParentMarks& wanted) {
  Json metadata = Json::object();
  if (now.id != wanted.id) {
    metadata.set("labels", Json(Json::Object{{std::string(kube::kApplySetIdLabel), wanted.id}}));
  }
  Json annotations = Json::object();
  const auto set = [&](std::string_view name, const std::string& before, const std::string& text) {
    if (before != text) annotations.set(name, text);
  };
  set(kube::kApplySetToolingAnnotation, now.tooling, wanted.tooling);
  set(kube::kApplySetGroupKindsAnnotation, now.group_kinds, wanted.group_kinds);
  set(kube::kApplySetNamespacesAnnotation, now.name_spaces, wanted.name_spaces);
  if (!annotations.as_object()->empty()) metadata.set("annotations", std::move(annotations));
  return metadata;
}

class DeliveryInventory : public target::Inventory {
 public:
  DeliveryInventory(const delivery::Delivery& delivery, std::shared_ptr<DeliveryRecord> record,
                    const DeliveryApi& api, StatusWriter& writer, LeftBehind left_behind)
      : delivery_(delivery),
        record_(std::move(record)),
        api_(api),
        writer_(writer),
        left_behind_(std::move(left_behind)),
        applyset_id_(applyset_id_of(delivery_)) {}

  std::string applyset_id() const override { return applyset_id_; }
  objects::ObjectId parent() const override {
    return {std::string(kGroup), std::string(kDeliveryKind), delivery_.name_space, delivery_.name};
  }

  Result<target::TargetMemory> recall(std::stop_token) override {
    const auto marks = record_->live().marks;
    const auto where = "the Delivery " + delivery_.id();
    if (!marks.tooling.empty() && !kube::is_own_tooling(marks.tooling)) {
      return fail(ErrorCode::kConflict, where + " is the ApplySet parent of another tool (\"" +
                                            printable(marks.tooling) +
                                            "\"): remove its applyset.kubernetes.io annotations");
    }
    SEALIFT_ASSIGN(const auto known, places());
    SEALIFT_ASSIGN(auto memory, accepted_in(record_->status(), where));
    memory.has_places = !known.kinds.empty();
    return memory;
  }

  Result<target::MemberPlaces> places() const override {
    const auto marks = record_->latest_marks();
    const auto where = "the Delivery " + delivery_.id();
    target::MemberPlaces places;
    SEALIFT_ASSIGN_CONTEXT(places.kinds, kube::parse_group_kinds(marks.group_kinds), where);
    SEALIFT_ASSIGN_CONTEXT(places.name_spaces, kube::parse_namespaces(marks.name_spaces), where);
    return places;
  }

  Result<> extend(const target::MemberPlaces& places, const target::Acceptance& acceptance,
                  std::stop_token stop) override {
    if (const auto before = record_->live().cluster; !before.empty()) {
      left_behind_(delivery_,
                   left_behind_note(before, remote_applyset_id_of(delivery_), record_->status()));
    }
    SEALIFT_TRY(write_marks(places, stop));
    return writer_.accept(delivery_, acceptance, std::move(stop));
  }

  bool is_intact() const override {
    const auto live = record_->live();
    return live.has_finalizer() && live.cluster.empty() && live.marks == written_;
  }

  Result<> shrink(const target::MemberPlaces& places, std::stop_token stop) override {
    return write_marks(places, std::move(stop));
  }

  Result<> remove(std::stop_token stop) override { return api_.release(*record_, std::move(stop)); }

 private:
  Result<> write_marks(const target::MemberPlaces& places, std::stop_token stop) {
    const auto wanted = marks_for(applyset_id_, places);
    // What cannot be read again must not be written.
    SEALIFT_TRY_CONTEXT(kube::parse_group_kinds(wanted.group_kinds), "writing the inventory");
    SEALIFT_TRY_CONTEXT(kube::parse_namespaces(wanted.name_spaces), "writing the inventory");
    const auto change = [&](const LiveDelivery& live) -> std::optional<Json> {
      auto metadata = change_of(live.marks, wanted);
      if (!live.cluster.empty()) {
        auto* annotations = metadata.find("annotations");
        if (annotations == nullptr) annotations = &metadata.set("annotations", Json::object());
        annotations->set(kCluster, Json());
      }
      // The API server takes no new finalizer on what is being deleted.
      if (!live.has_finalizer() && !live.trigger.deleting) {
        metadata.set("finalizers", finalizers_with(live));
      }
      if (metadata.as_object()->empty()) return std::nullopt;
      return metadata;
    };
    SEALIFT_TRY_CONTEXT(api_.patch_metadata(*record_, change, std::move(stop)),
                        "writing the inventory");
    written_ = wanted;
    return {};
  }

  const delivery::Delivery& delivery_;
  std::shared_ptr<DeliveryRecord> record_;
  const DeliveryApi& api_;
  StatusWriter& writer_;
  LeftBehind left_behind_;
  std::string applyset_id_;
  std::optional<ParentMarks> written_;
};

}  // namespace

Result<std::unique_ptr<target::Inventory>> make_delivery_inventory(
    const delivery::Delivery& delivery, DeliveryRecords& records, const DeliveryApi& api,
    StatusWriter& writer, LeftBehind left_behind) {
  SEALIFT_ASSIGN(auto record, record_of(delivery, records));
  return std::make_unique<DeliveryInventory>(delivery, std::move(record), api, writer,
                                             std::move(left_behind));
}

std::string applyset_id_of(const delivery::Delivery& delivery) {
  return kube::applyset_id(delivery.name, delivery.name_space, kDeliveryKind, kGroup);
}

}  // namespace sealift::controller
