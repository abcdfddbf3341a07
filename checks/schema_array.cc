#include <sealift/base/encoding.h>

#include <set>

#include "schema_visit.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 100;

}  // namespace

bool SchemaVisit::visit_array(const Json& value, const Json& schema, const FieldPlace& place) {
  const auto& items = *value.as_array();
  bool good = check_count(items.size(), schema, "minItems", "maxItems", "item", place);
  if (const Json* each = schema.find("items"); each != nullptr) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      good = visit(items[i], *each, FieldPlace(place, i), Members::kKnown) && good;
    }
  }
  return check_distinct(items, schema, place) && good;
}

// `uniqueItems`, and Kubernetes' list types, which the API server merges by.
bool SchemaVisit::check_distinct(const Json::Array& items, const Json& schema,
                                 const FieldPlace& place) {
  const auto type = schema.string_at({"x-kubernetes-list-type"});
  const Json* keys = schema.find("x-kubernetes-list-map-keys");
  if (type == "map" && keys != nullptr && keys->is_array()) {
    return check_map_keys(items, *keys, place);
  }
  const Json* unique = schema.find("uniqueItems");
  const bool is_unique = unique != nullptr && unique->as_bool() != nullptr && *unique->as_bool();
  if (type != "set" && !is_unique) return true;
  bool good = true;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string text = dump_json_sorted(items[i]);
    if (!spend(1 + text.size() / 8, place)) break;
    if (!seen.insert(std::move(text)).second) {
      good = wrong(FieldPlace(place, i), "is in the list already");
    }
  }
  return good;
}

bool SchemaVisit::check_map_keys(const Json::Array& items, const Json& keys,
                                 const FieldPlace& place) {
  bool good = true;
  std::set<std::string> seen;
  std::string names;
  for (const auto& key : *keys.as_array()) {
    if (const auto* name = key.as_string()) {
      names += (names.empty() ? "" : " and ") + printable(*name, kMaxShown);
    }
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    Json::Array identity;
    for (const auto& key : *keys.as_array()) {
      const auto* name = key.as_string();
      const Json* value = name == nullptr ? nullptr : items[i].find(*name);
      identity.push_back(value == nullptr ? Json() : *value);
    }
    std::string text = dump_json_sorted(Json(std::move(identity)));
    if (!spend(keys.as_array()->size() + text.size() / 8, place)) break;
    // What is not known yet may differ.
    if (text.find("${") != std::string::npos) continue;
    if (!seen.insert(std::move(text)).second) {
      good = wrong(FieldPlace(place, i), "has the " + names + " of another item of the list");
    }
  }
  return good;
}

}  // namespace sealift::checks
