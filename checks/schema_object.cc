#include <sealift/base/encoding.h>

#include "nearest_name.h"
#include "schema_visit.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 100;

bool is_true(const Json* value) {
  const bool* truth = value == nullptr ? nullptr : value->as_bool();
  return truth != nullptr && *truth;
}

bool is_false(const Json* value) {
  const bool* truth = value == nullptr ? nullptr : value->as_bool();
  return truth != nullptr && !*truth;
}

// TypeMeta and ObjectMeta, which the API server knows itself.
bool is_of_every_object(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

const Json* property(const Json& schema, std::string_view name) {
  const Json* properties = schema.find("properties");
  return properties == nullptr ? nullptr : properties->find(name);
}

std::string advice_for(std::string_view name, const Json& schema) {
  std::vector<std::string_view> known;
  const Json* properties = schema.find("properties");
  if (properties != nullptr && properties->is_object()) {
    for (const auto& [candidate, ignored] : *properties->as_object()) known.push_back(candidate);
  }
  const auto nearest = nearest_name(name, known);
  return nearest.empty() ? "" : "is it \"" + printable(nearest, kMaxShown) + "\"?";
}

}  // namespace

bool SchemaVisit::visit_object(const Json& value, const Json& schema, const FieldPlace& place,
                               Members members) {
  bool good = check_count(value.as_object()->size(), schema, "minProperties", "maxProperties",
                          "field", place);
  good = check_required(value, schema, place) && good;
  return visit_members(value, schema, place, members) && good;
}

bool SchemaVisit::visit_members(const Json& value, const Json& schema, const FieldPlace& place,
                                Members members) {
  if (members == Members::kKnown && is_true(schema.find("x-kubernetes-embedded-resource"))) {
    members = Members::kRoot;
  }
  const Json* properties = schema.find("properties");
  const std::size_t known =
      properties != nullptr && properties->is_object() ? properties->as_object()->size() : 0;
  bool good = true;
  for (const auto& member : *value.as_object()) {
    // Names are looked for one after the other.
    if (!spend(1 + known / 4, place)) break;
    good = visit_member(member, schema, place, members) && good;
  }
  return good;
}

bool SchemaVisit::visit_member(const Json::Member& member, const Json& schema,
                               const FieldPlace& place, Members members) {
  const auto& [name, value] = member;
  const FieldPlace at(place, name);
  const bool is_every = members == Members::kRoot && is_of_every_object(name);
  const Members below =
      members == Members::kAnything || is_every ? Members::kAnything : Members::kKnown;
  const Json* known = property(schema, name);
  if (known == nullptr) {
    const Json* additional = schema.find("additionalProperties");
    if (additional != nullptr && additional->is_object()) known = additional;
  }
  if (known != nullptr) {
    // As if it were not there: the API server drops it, or gives it its default.
    if (value.is_null() && !accepts_null(*known)) return true;
    return visit(value, *known, at, below);
  }
  if (is_every || !is_closed(schema, members)) return true;
  if (quiet_ == 0) {
    say(Kind::kUnknown, at, "there is no field \"" + printable(name, kMaxShown) + "\" here",
        advice_for(name, schema));
  }
  return false;
}

bool SchemaVisit::is_closed(const Json& schema, Members members) const {
  const Json* additional = schema.find("additionalProperties");
  if (is_false(additional)) return true;
  if (members == Members::kAnything || is_true(additional)) return false;
  if (is_true(schema.find("x-kubernetes-preserve-unknown-fields"))) return false;
  if (schema.find("properties") != nullptr) return true;
  return schema_.is_structural && schema.string_at({"type"}) == "object";
}

bool SchemaVisit::accepts_null(const Json& unresolved) {
  const Json* schema = &unresolved;
  if (schema->find("$ref") != nullptr) schema = resolve(unresolved, {});
  if (schema == nullptr || is_true(schema->find("nullable"))) return true;
  for (const std::string_view name : {"type", "allOf", "anyOf", "oneOf", "properties"}) {
    if (schema->find(name) != nullptr) return false;
  }
  return true;
}

bool SchemaVisit::check_required(const Json& value, const Json& schema, const FieldPlace& place) {
  const Json* required = schema.find("required");
  if (required == nullptr || !required->is_array()) return true;
  bool good = true;
  const std::size_t fields = value.as_object()->size();
  for (const auto& entry : *required->as_array()) {
    const auto* name = entry.as_string();
    if (name == nullptr || !spend(1 + fields / 4, place)) continue;
    const Json* schema_of_it = property(schema, *name);
    // The API server fills it in before it looks.
    if (schema_.fills_in_defaults && schema_of_it != nullptr &&
        schema_of_it->find("default") != nullptr) {
      continue;
    }
    const Json* present = value.find(*name);
    const bool is_there = present != nullptr && (!present->is_null() || schema_of_it == nullptr ||
                                                 accepts_null(*schema_of_it));
    if (!is_there) {
      good = wrong(place, "the field \"" + printable(*name, kMaxShown) + "\" is missing");
    }
  }
  return good;
}

}  // namespace sealift::checks
