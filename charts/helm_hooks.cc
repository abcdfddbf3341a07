#include <sealift/charts/helm_hooks.h>

#include <sealift/base/encoding.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sealift::charts {
namespace {

constexpr std::string_view kHook = "helm.sh/hook";
constexpr std::string_view kWeight = "helm.sh/hook-weight";
constexpr std::string_view kWave = "sealift.dev/wave";
constexpr int kBefore = -500;
constexpr int kAfter = 500;
constexpr int kMostWeight = 400;

bool names(std::string_view list, std::string_view wanted) {
  while (true) {
    const auto comma = list.find(',');
    auto word = list.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (word == wanted) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

// Nothing for hooks that no apply runs.
std::optional<int> base_wave(std::string_view hook) {
  if (names(hook, "pre-install") || names(hook, "pre-upgrade")) return kBefore;
  if (names(hook, "post-install") || names(hook, "post-upgrade")) return kAfter;
  return std::nullopt;
}

Result<int> weight_of(const objects::Object& object) {
  const auto text = object.annotation(kWeight);
  if (text.empty()) return 0;
  int weight = 0;
  auto digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  if (error == std::errc::result_out_of_range) {
    return digits.starts_with('-') ? -kMostWeight : kMostWeight;
  }
  if (error == std::errc() && end == digits.data() + digits.size()) {
    return std::clamp(weight, -kMostWeight, kMostWeight);
  }
  return fail(ErrorCode::kInvalidInput, object.id().to_string() + ": " + std::string(kWeight) +
                                            " is " + printable(text, 100) + ", and no number");
}

void remove_helm_annotations(objects::Object& object) {
  object.edit([](Json& json) {
    Json* metadata = json.find("metadata");
    Json* annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
    if (annotations == nullptr) return;
    for (const char* name : {"helm.sh/hook", "helm.sh/hook-weight", "helm.sh/hook-delete-policy",
                             "helm.sh/hook-output-log-policy"}) {
      annotations->erase(name);
    }
  });
}

Result<bool> turn_into_wave(objects::Object& object) {
  const auto base = base_wave(object.annotation(kHook));
  if (!base) return false;
  SEALIFT_ASSIGN(const int weight, weight_of(object));
  remove_helm_annotations(object);
  if (object.annotation(kWave).empty()) {
    object.set_annotation(kWave, std::to_string(*base + weight));
  }
  const bool is_job = object.gvk().group == "batch" && object.gvk().kind == "Job";
  if (is_job) object.set_annotation("sealift.dev/hook", "true");
  return true;
}

}  // namespace

Result<std::vector<objects::Object>> turn_hooks(std::vector<objects::Object> objects,
                                                HookMode mode) {
  if (mode == HookMode::kKeep) return objects;
  std::vector<objects::Object> kept;
  for (auto& object : objects) {
    if (!object.annotation(kHook).empty()) {
      if (mode == HookMode::kDrop) continue;
      SEALIFT_ASSIGN(const bool stays, turn_into_wave(object));
      if (!stays) continue;
    }
    kept.push_back(std::move(object));
  }
  return kept;
}

}  // namespace sealift::charts
