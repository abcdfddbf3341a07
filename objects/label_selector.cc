#include <sealift/objects/label_selector.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "label_selector_parser.h"

namespace sealift::objects {
Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  SEALIFT_ASSIGN(selector.requirements_, LabelSelectorParser(text).parse());
  return selector;
}

bool LabelSelector::Requirement::matches(const std::string* value) const {
  const auto is_listed = [&] { return std::binary_search(values.begin(), values.end(), *value); };
  switch (compare) {
    case Operator::kIn:
      return value != nullptr && is_listed();
    case Operator::kNotIn:
      return value == nullptr || !is_listed();
    case Operator::kExists:
      return value != nullptr;
    case Operator::kAbsent:
      return value == nullptr;
    case Operator::kGreater:
    case Operator::kLess:
      break;
  }
  const auto number = value == nullptr ? std::nullopt : parse_label_integer(*value);
  if (!number) return false;
  return compare == Operator::kGreater ? *number > bound : *number < bound;
}

bool LabelSelector::matches(const Json& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& wanted) {
    const auto* value = labels.find(wanted.key);
    return wanted.matches(value == nullptr ? nullptr : value->as_string());
  });
}

bool LabelSelector::matches_object(const Json& object) const {
  const auto* labels = object.find_path({"metadata", "labels"});
  return matches(labels == nullptr ? Json() : *labels);
}

}  // namespace sealift::objects
