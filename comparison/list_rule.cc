#include "list_rule.h"

#include <algorithm>
#include <unordered_set>

namespace sealift::comparison {
namespace {

struct PlacedRule {
  std::string_view kind;    // empty: any, since pod templates stand in custom resources too
  std::string_view suffix;  // of the place
  ListRule rule;
};

ListRule map_by(std::vector<ListRule::Key> keys, bool is_ordered = false) {
  return {ListRule::Type::kMap, std::move(keys), is_ordered};
}

const std::vector<PlacedRule>& placed_rules() {
  static const ListRule by_name = map_by({{"name", ""}});
  static const ListRule by_port = map_by({{"containerPort", ""}, {"protocol", "TCP"}});
  static const std::vector<PlacedRule> rules = {
      {"", "containers", by_name},
      // They run one after the other.
      {"", "initContainers", map_by({{"name", ""}}, true)},
      {"", "ephemeralContainers", by_name},
      {"", "containers/ports", by_port},
      {"", "initContainers/ports", by_port},
      {"", "env", by_name},
      {"", "volumeMounts", map_by({{"mountPath", ""}})},
      {"", "volumeDevices", map_by({{"devicePath", ""}})},
      {"", "volumes", by_name},
      {"", "imagePullSecrets", by_name},
      {"", "hostAliases", map_by({{"ip", ""}})},
      {"", "topologySpreadConstraints", map_by({{"topologyKey", ""}, {"whenUnsatisfiable", ""}})},
      {"", "resourceClaims", by_name},
      {"", "resources/claims", by_name},
      {"", "schedulingGates", by_name},
      {"", "conditions", map_by({{"type", ""}})},
      {"", "metadata/ownerReferences", map_by({{"uid", ""}})},
      {"", "metadata/finalizers", {ListRule::Type::kSet, {}, false}},
      {"Namespace", "spec/finalizers", {ListRule::Type::kSet, {}, false}},
      {"Service", "spec/ports", map_by({{"port", ""}, {"protocol", "TCP"}})},
      {"ServiceAccount", "secrets", by_name},
      {"CustomResourceDefinition", "spec/versions", by_name},
      {"ValidatingWebhookConfiguration", "webhooks", by_name},
      {"MutatingWebhookConfiguration", "webhooks", by_name},
      {"ValidatingWebhookConfiguration", "webhooks/matchConditions", by_name},
      {"MutatingWebhookConfiguration", "webhooks/matchConditions", by_name},
      {"ValidatingAdmissionPolicy", "spec/matchConditions", by_name},
      {"ValidatingAdmissionPolicy", "spec/variables", by_name},
      {"Gateway", "spec/listeners", by_name},
  };
  return rules;
}

// Nullopt for what is no plain value, and for what has no place in "[KEY=VALUE]".
std::optional<std::string> text_of_key(const Json& item, const ListRule::Key& key) {
  const Json* value = item.find(key.name);
  std::string text;
  if (value == nullptr || value->is_null()) {
    text = key.absent;
  } else if (const auto* string = value->as_string()) {
    text = *string;
  } else if (const auto* number = value->as_number()) {
    text = number->digits;
  }
  if (text.empty() || text.find(',') != std::string::npos) return std::nullopt;
  return text;
}

std::optional<std::string> segment_of(const Json& item, const ListRule& rule) {
  std::string inside;
  if (rule.type == ListRule::Type::kSet) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    return "[=" + *text + "]";
  }
  for (const auto& key : rule.keys) {
    const auto text = text_of_key(item, key);
    if (!text) return std::nullopt;
    inside += (inside.empty() ? "" : ",") + std::string(key.name) + "=" + *text;
  }
  return "[" + inside + "]";
}

}  // namespace

const ListRule& list_rule(const Place& place) {
  static const ListRule atomic;
  for (const auto& placed : placed_rules()) {
    if (!placed.kind.empty() && placed.kind != place.kind) continue;
    if (place.ends_with(placed.suffix)) return placed.rule;
  }
  return atomic;
}

std::optional<std::vector<KeyedItem>> keyed_items(const Json::Array& list, const ListRule& rule) {
  if (rule.type == ListRule::Type::kAtomic) return std::nullopt;
  std::vector<KeyedItem> items;
  std::unordered_set<std::string> seen;
  items.reserve(list.size());
  for (const auto& item : list) {
    auto segment = segment_of(item, rule);
    if (!segment || !seen.insert(*segment).second) return std::nullopt;
    items.push_back({*std::move(segment), &item});
  }
  return items;
}

}  // namespace sealift::comparison
