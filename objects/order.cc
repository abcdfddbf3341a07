#include <sealift/objects/order.h>

#include <sealift/base/encoding.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace sealift::objects {
namespace {

constexpr std::string_view kWaveAnnotation = "sealift.dev/wave";
constexpr int kMaxWave = 1000;

// The order within a stage that Flux has; Helm's is the same where both name a kind. Kinds of
// neither table stand between the two.
constexpr std::array<std::string_view, 23> kFirstKinds = {"CustomResourceDefinition",
                                                          "Namespace",
                                                          "ClusterRole",
                                                          "ClusterClass",
                                                          "RuntimeClass",
                                                          "PriorityClass",
                                                          "StorageClass",
                                                          "VolumeSnapshotClass",
                                                          "IngressClass",
                                                          "GatewayClass",
                                                          "ClusterRoleBinding",
                                                          "ResourceQuota",
                                                          "ServiceAccount",
                                                          "Role",
                                                          "RoleBinding",
                                                          "ConfigMap",
                                                          "Secret",
                                                          "Service",
                                                          "LimitRange",
                                                          "Deployment",
                                                          "StatefulSet",
                                                          "CronJob",
                                                          "PodDisruptionBudget"};
constexpr std::array<std::string_view, 2> kLastKinds = {"MutatingWebhookConfiguration",
                                                        "ValidatingWebhookConfiguration"};

std::size_t kind_rank(std::string_view kind) {
  const auto first = std::find(kFirstKinds.begin(), kFirstKinds.end(), kind);
  const auto rank = static_cast<std::size_t>(first - kFirstKinds.begin());
  if (first != kFirstKinds.end()) return rank;
  const auto last = std::find(kLastKinds.begin(), kLastKinds.end(), kind);
  if (last == kLastKinds.end()) return rank;
  return rank + 1 + static_cast<std::size_t>(last - kLastKinds.begin());
}

Stage::Kind stage_kind(std::string_view group, std::string_view kind) {
  if ((group == "apiextensions.k8s.io" && kind == "CustomResourceDefinition") ||
      (group.empty() && kind == "Namespace") ||
      (group == "rbac.authorization.k8s.io" && kind == "ClusterRole")) {
    return Stage::Kind::kDefinitions;
  }
  return kind.ends_with("Class") ? Stage::Kind::kClasses : Stage::Kind::kRest;
}

Result<int> wave_of(const Object& object) {
  const Json* annotations = object.json().find_path({"metadata", "annotations"});
  if (annotations == nullptr || annotations->find(kWaveAnnotation) == nullptr) return 0;
  const std::string_view text = object.annotation(kWaveAnnotation);
  int wave = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wave);
  if (error == std::errc() && end == text.data() + text.size() && wave >= -kMaxWave &&
      wave <= kMaxWave) {
    return wave;
  }
  return fail(ErrorCode::kInvalidInput, object.source() + ": " + object.id().to_string() +
                                            ": the annotation " + std::string(kWaveAnnotation) +
                                            " is \"" + printable(text, 40) +
                                            "\" and must be a whole number from -1000 to 1000");
}

}  // namespace

Result<Stage> stage_of(const Object& object) {
  SEALIFT_ASSIGN(const int wave, wave_of(object));
  const auto kind = stage_kind(object.gvk().group, object.gvk().kind);
  return Stage{kind, kind == Stage::Kind::kRest ? wave : 0};
}

bool applied_before(const ObjectId& a, const ObjectId& b) {
  const auto place = [](const ObjectId& id) {
    return std::tuple<Stage::Kind, std::size_t, const ObjectId&>(stage_kind(id.group, id.kind),
                                                                 kind_rank(id.kind), id);
  };
  return place(a) < place(b);
}

Result<> sort_for_apply(std::vector<Object>& objects) {
  struct Place {
    Stage stage;
    std::size_t kind_rank;
    ObjectId id;
    std::size_t index;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> places;
  places.reserve(objects.size());
  for (const Object& object : objects) {
    SEALIFT_ASSIGN(const Stage stage, stage_of(object));
    places.push_back({stage, kind_rank(object.gvk().kind), object.id(), places.size()});
  }
  std::sort(places.begin(), places.end());
  std::vector<Object> sorted;
  sorted.reserve(objects.size());
  for (const Place& place : places) sorted.push_back(std::move(objects[place.index]));
  objects = std::move(sorted);
  return {};
}

}  // namespace sealift::objects
