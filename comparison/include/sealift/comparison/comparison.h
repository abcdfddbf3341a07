#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sealift::comparison {

// A field that differs. Absent on the side that does not have it. Of what a Secret holds, both say
// how long it is and nothing else.
struct FieldChange {
  std::string path;  // in the notation of objects/field_path.h
  std::optional<Json> before;
  std::optional<Json> after;
  bool sensitive = false;
};

enum class ChangeKind { kAdded, kRemoved, kChanged };
std::string_view to_string(ChangeKind kind);  // added, removed, changed

struct ObjectChange {
  objects::ObjectId id;
  ChangeKind kind = ChangeKind::kChanged;
  std::string api_version;          // the newer one, where there are two
  std::vector<FieldChange> fields;  // of kChanged alone
  std::size_t omitted_fields = 0;   // that differ as well, beyond the limits
  // Without what the API server writes into metadata for itself, and without the values of Secrets;
  // null on the side where the object is not.
  Json before;
  Json after;
};

// What was compared, in words: "oci://…@sha256:…", "git:. at main@sha1:…".
struct Sides {
  std::string before;
  std::string after;
};

struct Comparison {
  std::vector<ObjectChange> changes;  // in the order of ObjectId
  std::size_t unchanged = 0;

  bool differs() const { return !changes.empty(); }
  std::size_t count(ChangeKind kind) const;
};

// Which fields and objects are looked at. Where one side is what a cluster has, everything that the
// other one does not name is the server's or somebody else's, and no difference.
enum class Coverage { kEverything, kNamedBefore, kNamedAfter };

inline constexpr std::size_t kMaxObjects = 100'000;         // a side
inline constexpr std::size_t kMaxFieldChanges = 1'000;      // an object
inline constexpr std::size_t kMaxAllFieldChanges = 50'000;  // of all objects together

// Which objects were added, removed and changed, by identity, and which of their fields, as
// Kubernetes understands them: lists with keys are matched by those, sets have no order, amounts
// and Secrets are equal when they mean the same, and so are a default and its absence.
// docs/diff.md has the rules. kInvalidInput for too many objects, and for one that is there twice.
Result<Comparison> compare(const std::vector<objects::Object>& before,
                           const std::vector<objects::Object>& after,
                           Coverage coverage = Coverage::kEverything);

}  // namespace sealift::comparison
