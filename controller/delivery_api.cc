#include <sealift/controller/delivery_api.h>

#include <utility>

namespace sealift::controller {
namespace {

constexpr std::string_view kMergePatch = "application/merge-patch+json";
constexpr int kMaxAttempts = 5;

std::string path_of(const LiveDelivery& live) {
  return deliveries().path(live.name_space, live.name);
}

Error another_by_now(const LiveDelivery& live) {
  return Error(ErrorCode::kNotFound, "the Delivery " + live.id() +
                                         " was deleted, and one of the same name is another one");
}

}  // namespace

Result<> DeliveryApi::read_again(DeliveryRecord& record, std::stop_token stop) const {
  const auto before = record.live();
  SEALIFT_ASSIGN(const auto object, client_.get(path_of(before), {}, std::move(stop)));
  SEALIFT_ASSIGN(auto now, observe_delivery(object));
  if (now.trigger.uid != before.trigger.uid) return fail(another_by_now(before));
  record.take(std::move(now));
  return {};
}

Result<> DeliveryApi::patch_metadata(DeliveryRecord& record, const MetadataChange& change,
                                     std::stop_token stop) const {
  for (int attempt = 1;; ++attempt) {
    const auto live = record.live();
    auto metadata = change(live);
    if (!metadata) return {};
    metadata->set("uid", live.trigger.uid);
    if (metadata->find("finalizers")) {
      metadata->set("resourceVersion", std::to_string(live.version));
    }
    const Json body(Json::Object{{"metadata", *std::move(metadata)}});
    auto answer = client_.patch(path_of(live), {}, kMergePatch, body, stop);
    if (answer) {
      SEALIFT_ASSIGN(auto now, observe_delivery(*answer));
      record.take(std::move(now));
      return {};
    }
    if (answer.error().code() != ErrorCode::kConflict || attempt == kMaxAttempts) {
      return fail(std::move(answer).error().with_context("patch Delivery " + live.id()));
    }
    SEALIFT_TRY(read_again(record, stop));
  }
}

// The API server compares no UID in a patch of status, so the version stands for it.
Result<> DeliveryApi::patch_status(DeliveryRecord& record, const Json& change,
                                   std::stop_token stop) const {
  if (change.as_object()->empty()) return {};
  for (int attempt = 1;; ++attempt) {
    const auto live = record.live();
    const Json metadata(Json::Object{{"resourceVersion", std::to_string(live.version)}});
    const Json body(Json::Object{{"metadata", metadata}, {"status", change}});
    auto answer = client_.patch(path_of(live) + "/status", {}, kMergePatch, body, stop);
    if (answer) {
      SEALIFT_ASSIGN(auto now, observe_delivery(*answer));
      record.take(std::move(now));
      return {};
    }
    if (answer.error().code() != ErrorCode::kConflict || attempt == kMaxAttempts) {
      return fail(
          std::move(answer).error().with_context("patch the status of Delivery " + live.id()));
    }
    SEALIFT_TRY(read_again(record, stop));
  }
}

Result<> DeliveryApi::release(DeliveryRecord& record, std::stop_token stop) const {
  const auto without = [](const LiveDelivery& live) -> std::optional<Json> {
    if (!live.has_finalizer()) return std::nullopt;
    return Json(Json::Object{{"finalizers", finalizers_without(live)}});
  };
  auto released = patch_metadata(record, without, std::move(stop));
  if (!released && released.error().code() == ErrorCode::kNotFound) return {};
  return released;
}

Result<bool> DeliveryApi::is_namespace_going(std::string_view name_space,
                                             std::stop_token stop) const {
  static const kube::Resource kNamespaces{{"", "v1", "Namespace"}, "namespaces", false};
  auto found = client_.get(kNamespaces.path("", name_space), {}, std::move(stop));
  if (found) return !found->string_at({"metadata", "deletionTimestamp"}).empty();
  if (found.error().code() == ErrorCode::kNotFound) return true;
  return fail(std::move(found).error());
}

Json finalizers_with(const LiveDelivery& live) {
  Json list = finalizers_without(live);
  list.push_back(kFinalizer);
  return list;
}

Json finalizers_without(const LiveDelivery& live) {
  Json list = Json::array();
  for (const auto& finalizer : live.finalizers) {
    if (finalizer != kFinalizer) list.push_back(finalizer);
  }
  return list;
}

}  // namespace sealift::controller
