#include <sealift/base/encoding.h>
#include <sealift/objects/names.h>
#include <sealift/objects/own_annotations.h>

#include "delivery_fields.h"

#include <algorithm>

namespace sealift::delivery {
namespace {

constexpr std::size_t kMaxRequestBytes = 256;  // the status repeats it
constexpr std::size_t kMaxDependents = 256;

Error annotation_error(const std::string& where, std::string_view name, std::string_view message) {
  return Error(ErrorCode::kInvalidInput,
               where + ".metadata.annotations." + std::string(name) + ": " + std::string(message));
}

// What a misspelt one was to ask for matters no more when the Delivery goes.
Result<> check_annotation_names(const objects::Object& object, const std::string& where,
                                bool deleting) {
  if (deleting) return {};
  const auto unknown = objects::unknown_own_annotation(object, objects::kClusterAnnotation);
  if (!unknown) return {};
  return fail(annotation_error(where, unknown->name, "means nothing: " + unknown->advice));
}

// A time as a rule, written by Sealift's or by Flux's tools; of two, the later one counts.
Result<std::string> read_request(const objects::Object& object, const std::string& where) {
  std::string latest;
  for (const std::string_view name :
       {"sealift.dev/requestedAt", "reconcile.fluxcd.io/requestedAt"}) {
    const auto value = object.annotation(name);
    if (value.size() > kMaxRequestBytes) {
      return fail(annotation_error(where, name, "must have at most 256 characters"));
    }
    latest = std::max(latest, std::string(value));
  }
  return latest;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "*", or namespaces separated by commas.
Result<std::vector<std::string>> read_dependents(const objects::Object& object,
                                                 const std::string& where) {
  constexpr std::string_view kName = "sealift.dev/allow-dependents";
  std::vector<std::string> name_spaces;
  for (std::string_view rest = object.annotation(kName); !rest.empty();) {
    const auto part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const auto name = trimmed(part);
    if (name.empty()) continue;
    const auto problem = name == "*" ? std::string_view() : objects::rfc1123_label_problem(name);
    if (!problem.empty()) {
      return fail(annotation_error(where, kName,
                                   "\"" + printable(name, 80) + "\" is no namespace; write \"*\" " +
                                       "for all of them, or their names with commas between"));
    }
    if (name_spaces.size() == kMaxDependents) {
      return fail(annotation_error(where, kName, "names more than 256 namespaces; write \"*\""));
    }
    name_spaces.emplace_back(name);
  }
  return name_spaces;
}

}  // namespace

Result<> read_metadata(const objects::Object& object, const std::string& where,
                       Delivery& delivery) {
  const Json* metadata = object.json().find("metadata");
  delivery.uid = metadata->string_at({"uid"});
  if (const Json* generation = metadata->find("generation")) {
    delivery.generation = generation->as_int64().value_or(0);
  }
  const Json* deleted_at = metadata->find("deletionTimestamp");
  delivery.deleting = deleted_at != nullptr && !deleted_at->is_null();
  SEALIFT_TRY(check_annotation_names(object, where, delivery.deleting));
  SEALIFT_ASSIGN(delivery.requested_at, read_request(object, where));
  SEALIFT_ASSIGN(delivery.allowed_dependents, read_dependents(object, where));
  constexpr std::string_view kRollback = "sealift.dev/rollback-to";
  if (metadata->find_path({"annotations", kRollback}) != nullptr) {
    auto digest = Digest::parse(object.annotation(kRollback));
    if (!digest) return fail(annotation_error(where, kRollback, digest.error().message()));
    delivery.rollback_to = *std::move(digest);
  }
  return {};
}

}  // namespace sealift::delivery
