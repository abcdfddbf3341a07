#include "object_comparison.h"

#include <sealift/base/encoding.h>
#include <sealift/comparison/quantity.h>
#include <sealift/objects/json_pointer.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "field_default.h"
#include "secret_values.h"

namespace sealift::comparison {
namespace {

// Deeper than any YAML that is read; what is below is compared as a whole.
constexpr std::size_t kMaxDepth = 100;

constexpr std::size_t kMaxPathBytes = 1'024;

const Json::Array kNoItems;
const Json kNoMembers = Json::object();

bool is_composite(const Json& value) { return value.is_object() || value.is_array(); }

bool is_plain_list(const Json::Array& list) {
  return std::none_of(list.begin(), list.end(), is_composite);
}

// Members by name: a search in each would take a hostile object's size squared.
std::unordered_map<std::string_view, const Json*> index_of(const Json& object) {
  std::unordered_map<std::string_view, const Json*> index;
  for (const auto& [name, value] : *object.as_object()) index.emplace(name, &value);
  return index;
}

const Json* find_in(const std::unordered_map<std::string_view, const Json*>& index,
                    std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

std::string text_of(const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* number = value.as_number()) return number->digits;
  return {};
}

std::optional<Quantity> amount_of(const Json& value) { return Quantity::parse(text_of(value)); }

}  // namespace

// One segment further down, for as long as it lives.
class ObjectComparison::Step {
 public:
  Step(ObjectComparison& walk, std::string_view segment, bool is_member)
      : walk_(walk), length_(walk.path_.size()), is_member_(is_member) {
    // Appended: a copy for each member would take a hostile name's length times its members.
    walk.path_ += objects::extend_pointer("", segment);
    if (is_member) walk.place_.names.push_back(segment);
    ++walk.depth_;
  }
  ~Step() {
    walk_.path_.resize(length_);
    if (is_member_) walk_.place_.names.pop_back();
    --walk_.depth_;
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  ObjectComparison& walk_;
  std::size_t length_;
  bool is_member_;
};

ObjectComparison::ObjectComparison(const objects::GroupVersionKind& gvk, Coverage coverage,
                                   std::size_t limit)
    : is_secret_(gvk.group.empty() && gvk.kind == "Secret"),
      coverage_(coverage),
      limit_(limit),
      place_(gvk) {}

void ObjectComparison::run(const Json& before, const Json& after) { members({&before, &after}); }

bool ObjectComparison::says_something(const Json* value) const {
  if (value == nullptr || value->is_null()) return false;
  if (const auto* list = value->as_array()) return !list->empty();
  if (const auto* object = value->as_object()) {
    return !object->empty() || place_.means_something_empty();
  }
  return true;
}

// Whether the side that decides what is looked at has this field. An empty list is a wish to have
// nothing in it; an empty object is none.
bool ObjectComparison::is_named(Pair values) const {
  if (coverage_ == Coverage::kEverything) return true;
  const Json* named = coverage_ == Coverage::kNamedBefore ? values.before : values.after;
  return says_something(named) || (named != nullptr && named->is_array());
}

void ObjectComparison::values(Pair values, Pair around) {
  if (!is_named(values)) return;
  if (!says_something(values.before)) values.before = nullptr;
  if (!says_something(values.after)) values.after = nullptr;
  if (values.before == nullptr && values.after == nullptr) return;
  if (values.before == nullptr || values.after == nullptr) return one_sided(values, around);
  const Json& before = *values.before;
  const Json& after = *values.after;
  if (depth_ >= kMaxDepth) {
    if (dump_json_sorted(before) != dump_json_sorted(after)) report(values);
  } else if (before.is_object() && after.is_object()) {
    members(values);
  } else if (before.is_array() && after.is_array()) {
    lists(*before.as_array(), *after.as_array(), values);
  } else if (is_composite(before) || is_composite(after) || !is_same_scalar(before, after)) {
    report(values);
  }
}

// A value that the other side lacks differs unless it says what its absence says.
void ObjectComparison::one_sided(Pair values, Pair around) {
  const bool is_new = values.before == nullptr;
  const Json& value = is_new ? *values.after : *values.before;
  if (depth_ >= kMaxDepth) return report(values);
  if (const auto* list = value.as_array()) {
    return is_new ? lists(kNoItems, *list, values) : lists(*list, kNoItems, values);
  }
  if (value.is_object()) {
    const Pair objects{is_new ? &kNoMembers : &value, is_new ? &value : &kNoMembers};
    const bool is_meant = place_.means_something_empty();
    if (!value.as_object()->empty() && place_.holds_entries()) return members(objects);
    if (counting_ && !is_meant) return members(objects);
    if (is_meant) return report(values);
    return has_differences(objects) ? report(values) : void();
  }
  // The port that a Service's target falls back to is the lacking side's own.
  const Json* lacking = is_new ? around.before : around.after;
  const Json* having = is_new ? around.after : around.before;
  const auto absent =
      field_default(place_, lacking == nullptr || lacking == &kNoMembers ? having : lacking);
  if (!absent || !is_same_scalar(*absent, value)) report(values);
}

bool ObjectComparison::has_differences(Pair objects) {
  counting_ = true;
  counted_ = 0;
  members(objects);
  counting_ = false;
  return counted_ > 0;
}

void ObjectComparison::members(Pair objects) {
  const auto before = index_of(*objects.before);
  const auto after = index_of(*objects.after);
  for (const auto& [name, value] : *objects.before->as_object()) {
    const Step step(*this, name, true);
    values({&value, find_in(after, name)}, objects);
  }
  for (const auto& [name, value] : *objects.after->as_object()) {
    if (before.contains(name)) continue;
    const Step step(*this, name, true);
    values({nullptr, &value}, objects);
  }
}

void ObjectComparison::lists(const Json::Array& before, const Json::Array& after, Pair whole) {
  const auto& rule = list_rule(place_);
  const auto keyed_before = keyed_items(before, rule);
  const auto keyed_after = keyed_before ? keyed_items(after, rule) : std::nullopt;
  if (keyed_after) return keyed(*keyed_before, *keyed_after, rule.is_ordered);
  in_places(before, after, whole);
}

void ObjectComparison::keyed(const std::vector<KeyedItem>& before,
                             const std::vector<KeyedItem>& after, bool is_ordered) {
  std::unordered_map<std::string_view, const Json*> before_items;
  std::unordered_map<std::string_view, const Json*> after_items;
  for (const auto& [segment, item] : before) before_items.emplace(segment, item);
  for (const auto& [segment, item] : after) after_items.emplace(segment, item);
  for (const auto& [segment, item] : before) {
    const Pair pair{item, find_in(after_items, segment)};
    if (!is_named(pair)) continue;
    const Step step(*this, segment, false);
    if (pair.after == nullptr) {
      report(pair);
    } else if (item->is_object()) {
      members(pair);
    }
  }
  for (const auto& [segment, item] : after) {
    const Pair pair{nullptr, item};
    if (before_items.contains(segment) || !is_named(pair)) continue;
    const Step step(*this, segment, false);
    report(pair);
  }
  if (is_ordered) order(before, after);
}

// Of the items that both have.
void ObjectComparison::order(const std::vector<KeyedItem>& before,
                             const std::vector<KeyedItem>& after) {
  const auto names_of = [](const auto& items, const auto& others) {
    std::unordered_map<std::string_view, bool> known;
    for (const auto& other : others) known.emplace(other.segment, true);
    Json names = Json::array();
    for (const auto& [segment, item] : items) {
      if (known.contains(segment)) names.push_back(std::string(item->string_at({"name"})));
    }
    return names;
  };
  const Json was = names_of(before, after);
  const Json is = names_of(after, before);
  if (was != is) report({&was, &is});
}

void ObjectComparison::in_places(const Json::Array& before, const Json::Array& after, Pair whole) {
  if (before.size() != after.size()) return report(whole);
  if (is_plain_list(before) && is_plain_list(after)) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!is_same_scalar(before[i], after[i])) return report(whole);
    }
    return;
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Step step(*this, std::to_string(i), false);
    values({&before[i], &after[i]}, {});
  }
}

bool ObjectComparison::is_same_scalar(const Json& before, const Json& after) const {
  if (before == after) return true;
  const bool are_numbers = before.is_number() && after.is_number();
  if (!are_numbers && !place_.holds_quantity()) return false;
  const auto was = amount_of(before);
  return was && was == amount_of(after);
}

void ObjectComparison::report(Pair values) {
  ++counted_;
  if (counting_) return;
  if (changes_.size() >= limit_) {
    ++omitted_;
    return;
  }
  FieldChange change;
  change.path = path_.size() <= kMaxPathBytes ? path_ : printable(path_, kMaxPathBytes);
  change.sensitive = is_secret_ && !place_.names.empty() && holds_secrets(place_.names.front());
  const bool both = values.before != nullptr && values.after != nullptr;
  if (values.before != nullptr) {
    change.before = change.sensitive ? without_values(*values.before) : *values.before;
  }
  if (values.after != nullptr) {
    change.after = change.sensitive ? without_values(*values.after, both) : *values.after;
  }
  changes_.push_back(std::move(change));
}

}  // namespace sealift::comparison
