#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::objects {

// Which objects are meant, by their labels: "app=web,tier in (a,b),!canary". The syntax and its
// meaning are those of a LIST's labelSelector parameter (Kubernetes, Labels and Selectors): all
// requirements hold; an empty selector takes everything.
class LabelSelector {
 public:
  // At most 64 KiB. kInvalidInput, with the column, for what the API server would refuse.
  static Result<LabelSelector> parse(std::string_view text);

  // `labels` is metadata.labels: an object of strings, or null where there are none.
  bool matches(const Json& labels) const;
  // The same for the labels of a whole object.
  bool matches_object(const Json& object) const;

  bool takes_everything() const { return requirements_.empty(); }

  struct Requirement {
    enum class Operator { kIn, kNotIn, kExists, kAbsent, kGreater, kLess };
    std::string key;
    Operator compare = Operator::kExists;
    std::vector<std::string> values;  // sorted and distinct; for kIn and kNotIn
    std::int64_t bound = 0;           // for kGreater and kLess

    bool matches(const std::string* value) const;
    bool operator==(const Requirement&) const = default;
  };
  const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
};

}  // namespace sealift::objects
