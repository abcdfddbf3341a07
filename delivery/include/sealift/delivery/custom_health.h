#pragma once

#include <sealift/base/json.h>
#include <sealift/objects/health.h>

#include <optional>
#include <string>
#include <vector>

namespace sealift::delivery {

// One comparison with a field of a live object.
struct FieldTest {
  enum class Operator { kEquals, kIn, kExists };
  std::string path;  // RFC 6901, with [KEY=VALUE] for an item of a list
  Operator test = Operator::kExists;
  std::vector<Json> values;  // one for kEquals, some for kIn, none for kExists

  bool operator==(const FieldTest&) const = default;
};

// When objects of one kind are healthy, for kinds that say it in fields of their own (healthChecks
// of a Delivery). Tests of one list must all hold; `failed` is asked first, then `in_progress`,
// then `current`. Where none holds, the object is in progress.
struct CustomHealth {
  std::string group;
  std::string kind;
  std::vector<FieldTest> current;      // not empty
  std::vector<FieldTest> failed;       // empty: never
  std::vector<FieldTest> in_progress;  // empty: never

  bool operator==(const CustomHealth&) const = default;
};

// The health of a live object by the first of `checks` about its kind, otherwise by
// objects::health_of(), but that a Job is healthy when it has completed. Deletion and a generation
// that was not observed yet come before any check. Pure.
objects::HealthStatus health_of(const Json& live_object, const std::vector<CustomHealth>& checks,
                                std::optional<Timestamp> now);

// Whether this is a Job of batch that has succeeded.
bool is_completed_job(const Json& live_object);

}  // namespace sealift::delivery
