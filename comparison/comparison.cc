#include <sealift/comparison/comparison.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "object_comparison.h"
#include "secret_values.h"

namespace sealift::comparison {
namespace {

// What the API server writes for itself, and what kubectl leaves behind, which repeats the object
// with the values of a Secret.
constexpr std::array<std::string_view, 6> kServersMetadata = {
    "creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"};
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

struct States {
  const objects::Object* before = nullptr;
  const objects::Object* after = nullptr;
};

Json state_of(const objects::Object& object) {
  Json json = object.json();
  if (Json* metadata = json.find("metadata")) {
    for (const auto name : kServersMetadata) metadata->erase(name);
    if (Json* annotations = metadata->find("annotations")) annotations->erase(kLastApplied);
  }
  if (is_secret(json)) merge_string_data(json);
  return json;
}

ObjectChange one_sided(const objects::ObjectId& id, const States& states) {
  ObjectChange change;
  change.id = id;
  const bool is_new = states.before == nullptr;
  const objects::Object& object = is_new ? *states.after : *states.before;
  change.kind = is_new ? ChangeKind::kAdded : ChangeKind::kRemoved;
  change.api_version = object.gvk().api_version();
  (is_new ? change.after : change.before) = without_secrets(state_of(object));
  return change;
}

Result<> check_count(const std::vector<objects::Object>& objects, std::string_view side) {
  if (objects.size() <= kMaxObjects) return {};
  return fail(ErrorCode::kInvalidInput,
              "the " + std::string(side) + " side has " + std::to_string(objects.size()) +
                  " objects, and at most " + std::to_string(kMaxObjects) + " are compared");
}

// Adds to `result` what became of one object; `left` is how many field changes are still kept.
void compare_states(const objects::ObjectId& id, const States& states, Coverage coverage,
                    std::size_t& left, Comparison& result) {
  if (states.before == nullptr && coverage == Coverage::kNamedBefore) return;
  if (states.after == nullptr && coverage == Coverage::kNamedAfter) return;
  if (states.before == nullptr || states.after == nullptr) {
    result.changes.push_back(one_sided(id, states));
    return;
  }
  Json before = state_of(*states.before);
  Json after = state_of(*states.after);
  ObjectComparison walk(states.after->gvk(), coverage, std::min(left, kMaxFieldChanges));
  walk.run(before, after);
  if (!walk.differs()) {
    ++result.unchanged;
    return;
  }
  ObjectChange change;
  change.id = id;
  change.api_version = states.after->gvk().api_version();
  change.fields = walk.take();
  change.omitted_fields = walk.omitted();
  change.before = without_secrets(std::move(before));
  change.after = without_secrets(std::move(after));
  left -= change.fields.size();
  result.changes.push_back(std::move(change));
}

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kChanged:
      break;
  }
  return "changed";
}

std::size_t Comparison::count(ChangeKind kind) const {
  return static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [&](const auto& change) { return change.kind == kind; }));
}

Result<Comparison> compare(const std::vector<objects::Object>& before,
                           const std::vector<objects::Object>& after, Coverage coverage) {
  SEALIFT_TRY(check_count(before, "first"));
  SEALIFT_TRY(check_count(after, "second"));
  SEALIFT_TRY_CONTEXT(objects::check_unique(before, ""), "the first side");
  SEALIFT_TRY_CONTEXT(objects::check_unique(after, ""), "the second side");
  std::map<objects::ObjectId, States> all;
  for (const auto& object : before) all[object.id()].before = &object;
  for (const auto& object : after) all[object.id()].after = &object;
  Comparison result;
  std::size_t left = kMaxAllFieldChanges;
  for (const auto& [id, states] : all) compare_states(id, states, coverage, left, result);
  return result;
}

}  // namespace sealift::comparison
