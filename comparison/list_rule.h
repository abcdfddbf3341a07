#pragma once

#include <sealift/base/json.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "place.h"

namespace sealift::comparison {

// How Kubernetes understands a list (its OpenAPI's x-kubernetes-list-type).
struct ListRule {
  enum class Type {
    kAtomic,  // one value: order counts
    kMap,     // items are told apart by their keys
    kSet      // items are told apart by themselves
  };
  struct Key {
    std::string_view name;
    std::string_view absent;  // what it is where an item does not say; empty: then it has no key
  };
  Type type = Type::kAtomic;
  std::vector<Key> keys;
  // Of kMap: the order means something nevertheless.
  bool is_ordered = false;
};

const ListRule& list_rule(const Place& place);

// An item, and how a field path chooses it: "[name=web]".
struct KeyedItem {
  std::string segment;
  const Json* item = nullptr;
};

// Nullopt where the rule does not fit these items: one has no key, two have the same, or a path
// could not hold it.
std::optional<std::vector<KeyedItem>> keyed_items(const Json::Array& list, const ListRule& rule);

}  // namespace sealift::comparison
