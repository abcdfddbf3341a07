#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/controller/delivery_resource.h>
#include <sealift/kube/apply_set.h>

#include <algorithm>
#include <charconv>

namespace sealift::controller {
namespace {

// What is echoed in a status, or kept for each Delivery, has an end.
constexpr std::size_t kMaxAnnotation = 1024;

std::string annotation(const Json& object, std::string_view name) {
  return std::string(object.string_at({"metadata", "annotations", name}).substr(0, kMaxAnnotation));
}

constexpr std::string_view kRequestedAt = "sealift.dev/requestedAt";
constexpr std::string_view kFluxRequestedAt = "reconcile.fluxcd.io/requestedAt";

std::string hash_of_requests(const Json& object) {
  Json requests = Json::object();
  const auto* annotations = object.find_path({"metadata", "annotations"});
  if (annotations != nullptr && annotations->as_object() != nullptr) {
    for (const auto& [name, value] : *annotations->as_object()) {
      const bool ours = name.starts_with("sealift.dev/") && name != kCluster;
      if (ours || name == kFluxRequestedAt) requests.set(name, value);
    }
  }
  return Digest::of(dump_json_sorted(requests)).hex();
}

RunTrigger trigger_of(const Json& object) {
  RunTrigger trigger;
  trigger.uid = object.string_at({"metadata", "uid"});
  const auto* generation = object.find_path({"metadata", "generation"});
  trigger.generation = generation ? generation->as_int64().value_or(0) : 0;
  trigger.annotations_hash = hash_of_requests(object);
  trigger.request =
      std::max(annotation(object, kRequestedAt), annotation(object, kFluxRequestedAt));
  trigger.deleting = !object.string_at({"metadata", "deletionTimestamp"}).empty();
  return trigger;
}

ParentMarks marks_of(const Json& object) {
  const auto text = [&](std::string_view name) {
    return std::string(object.string_at({"metadata", "annotations", name}));
  };
  return {std::string(object.string_at({"metadata", "labels", kube::kApplySetIdLabel})),
          text(kube::kApplySetToolingAnnotation), text(kube::kApplySetGroupKindsAnnotation),
          text(kube::kApplySetNamespacesAnnotation)};
}

std::vector<std::string> finalizers_of(const Json& object) {
  std::vector<std::string> out;
  const auto* list = object.find_path({"metadata", "finalizers"});
  if (!list || !list->as_array()) return out;
  for (const auto& item : *list->as_array()) {
    if (const auto* text = item.as_string()) out.push_back(*text);
  }
  return out;
}

}  // namespace

const kube::Resource& deliveries() {
  static const kube::Resource kDeliveries{
      {std::string(kGroup), "v1alpha1", std::string(kDeliveryKind)}, "deliveries", true};
  return kDeliveries;
}

const kube::Resource& trust_policies() {
  static const kube::Resource kTrustPolicies{
      {std::string(kGroup), "v1alpha1", "TrustPolicy"}, "trustpolicies", false};
  return kTrustPolicies;
}

bool LiveDelivery::has_finalizer() const {
  return std::find(finalizers.begin(), finalizers.end(), kFinalizer) != finalizers.end();
}

bool LiveDelivery::may_have_objects() const {
  const auto known = parse_json(status, "a status");
  return !marks.group_kinds.empty() || !cluster.empty() || !known || known->find("accepted");
}

bool LiveDelivery::is_marked() const {
  const bool is_parent = !marks.id.empty() && !marks.tooling.empty() && !marks.group_kinds.empty();
  return has_finalizer() && (is_parent || !cluster.empty());
}

Result<LiveDelivery> observe_delivery(const Json& object) {
  LiveDelivery live;
  live.name_space = object.string_at({"metadata", "namespace"});
  live.name = object.string_at({"metadata", "name"});
  live.trigger = trigger_of(object);
  const auto version = object.string_at({"metadata", "resourceVersion"});
  const auto* end = version.data() + version.size();
  const auto parsed = std::from_chars(version.data(), end, live.version);
  if (live.name_space.empty() || live.name.empty() || live.trigger.uid.empty() ||
      parsed.ec != std::errc() || parsed.ptr != end) {
    return fail(ErrorCode::kInvalidInput,
                "the API server sent a Delivery " + printable(live.id()) +
                    " without a name, namespace, UID or a resourceVersion that is a number");
  }
  live.marks = marks_of(object);
  live.cluster = annotation(object, kCluster);
  live.finalizers = finalizers_of(object);
  const auto* status = object.find("status");
  live.status = status && status->is_object() ? dump_json(*status) : "{}";
  live.status.shrink_to_fit();  // it stays
  return live;
}

}  // namespace sealift::controller
