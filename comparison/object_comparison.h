#pragma once

#include <sealift/base/json.h>
#include <sealift/comparison/comparison.h>
#include <sealift/objects/object.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "list_rule.h"
#include "place.h"

namespace sealift::comparison {

// Walks two states of one object side by side and notes where they differ.
class ObjectComparison {
 public:
  // At most `limit` changes are kept; the rest is counted.
  ObjectComparison(const objects::GroupVersionKind& gvk, Coverage coverage, std::size_t limit);

  // Both must outlive this.
  void run(const Json& before, const Json& after);

  std::vector<FieldChange> take() { return std::move(changes_); }
  std::size_t omitted() const { return omitted_; }
  bool differs() const { return !changes_.empty() || omitted_ > 0; }

 private:
  // A value on both sides; null where it is not.
  struct Pair {
    const Json* before = nullptr;
    const Json* after = nullptr;
  };
  class Step;

  void values(Pair values, Pair around);
  void one_sided(Pair values, Pair around);
  void members(Pair objects);
  void lists(const Json::Array& before, const Json::Array& after, Pair whole);
  void keyed(const std::vector<KeyedItem>& before, const std::vector<KeyedItem>& after,
             bool is_ordered);
  void order(const std::vector<KeyedItem>& before, const std::vector<KeyedItem>& after);
  void in_places(const Json::Array& before, const Json::Array& after, Pair whole);
  bool says_something(const Json* value) const;
  bool is_named(Pair values) const;
  bool is_same_scalar(const Json& before, const Json& after) const;
  bool has_differences(Pair objects);
  void report(Pair values);

  const bool is_secret_;
  const Coverage coverage_;
  const std::size_t limit_;
  Place place_;
  std::string path_;
  std::size_t depth_ = 0;
  bool counting_ = false;
  std::size_t counted_ = 0;
  std::vector<FieldChange> changes_;
  std::size_t omitted_ = 0;
};

}  // namespace sealift::comparison
