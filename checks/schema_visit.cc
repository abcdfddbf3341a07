#include "schema_visit.h"

#include <sealift/base/encoding.h>

#include <utility>

#include "schema_number.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 100;
constexpr std::size_t kMaxReferences = 32;
constexpr std::string_view kComponents = "#/components/schemas/";
constexpr std::size_t kMaxNamedChoices = 12;

bool is_placeholder(const Json& value) {
  const auto* text = value.as_string();
  return text != nullptr && text->find("${") != std::string::npos;
}

bool is_int_or_string(const Json& schema) {
  const Json* marked = schema.find("x-kubernetes-int-or-string");
  const bool* truth = marked == nullptr ? nullptr : marked->as_bool();
  return (truth != nullptr && *truth) || schema.string_at({"format"}) == "int-or-string";
}

bool is_of_type(const Json& value, std::string_view type) {
  if (type == "integer") return value.is_number() && is_whole(value);
  return value.type_name() == type;
}

std::string with_article(std::string_view type) {
  const bool vowel = std::string_view("aeiou").find(type.substr(0, 1)) != std::string_view::npos;
  return (vowel ? "an " : "a ") + printable(type, kMaxShown);
}

// "no: yes", "version: 1.0": YAML reads as something else what was meant as text.
std::string advice_for(const Json& value, std::string_view type) {
  const bool is_scalar = value.is_bool() || value.is_number();
  return type == "string" && is_scalar ? "put it in quotes" : "";
}

// "one of \"A\", \"B\"": a schema's own words are no secret.
std::string choices_of(const Json::Array& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size() && i < kMaxNamedChoices; ++i) {
    text += (i == 0 ? "" : ", ") + printable(dump_json(choices[i]), kMaxShown);
  }
  return text + (choices.size() > kMaxNamedChoices ? ", …" : "");
}

const Json::Array* list_at(const Json& schema, std::string_view name) {
  const Json* list = schema.find(name);
  return list == nullptr ? nullptr : list->as_array();
}

}  // namespace

std::vector<SchemaFault> SchemaValidator::validate(const Json& object, const Schema& schema) {
  return SchemaVisit(*this, schema).run(object);
}

std::vector<SchemaFault> SchemaVisit::run(const Json& object) {
  visit(object, *schema_.root, {}, schema_.is_structural ? Members::kRoot : Members::kKnown);
  return std::move(faults_);
}

bool SchemaVisit::visit(const Json& value, const Json& schema, const FieldPlace& place,
                        Members members) {
  if (!spend(1, place) || is_placeholder(value)) return true;
  if (depth_ == kMaxSchemaDepth) return undecided(place, "the schema is nested too deeply");
  ++depth_;
  const bool fits = visit_within(value, schema, place, members);
  --depth_;
  return fits;
}

bool SchemaVisit::visit_within(const Json& value, const Json& unresolved, const FieldPlace& place,
                               Members members) {
  const Json* schema = resolve(unresolved, place);
  if (schema == nullptr || !schema->is_object()) return true;
  if (value.is_null()) return accepts_null(*schema) || wrong(place, "must not be null");
  if (!check_type(value, *schema, place)) return false;
  bool good = check_enum(value, *schema, place);
  good = visit_by_type(value, *schema, place, members) && good;
  return visit_junctors(value, *schema, place, members) && good;
}

bool SchemaVisit::visit_by_type(const Json& value, const Json& schema, const FieldPlace& place,
                                Members members) {
  if (value.is_object()) return visit_object(value, schema, place, members);
  if (value.is_array()) return visit_array(value, schema, place);
  if (value.is_string()) return check_string(value, schema, place);
  return !value.is_number() || check_number(value, schema, place);
}

bool SchemaVisit::check_type(const Json& value, const Json& schema, const FieldPlace& place) {
  if (is_int_or_string(schema)) {
    if (value.is_string() || is_of_type(value, "integer")) return true;
    return wrong(place,
                 "must be an integer or a string, and is " + with_article(value.type_name()));
  }
  const auto type = schema.string_at({"type"});
  if (type.empty() || is_of_type(value, type)) return true;
  // A fraction is a number, and no integer.
  const std::string is = type == "integer" && value.is_number() ? "a number with a fraction"
                                                                : with_article(value.type_name());
  return wrong(place, "must be " + with_article(type) + ", and is " + is, advice_for(value, type));
}

bool SchemaVisit::check_enum(const Json& value, const Json& schema, const FieldPlace& place) {
  const auto* choices = list_at(schema, "enum");
  if (choices == nullptr) return true;
  const bool is_scalar = !value.is_object() && !value.is_array();
  const std::string sorted = is_scalar ? std::string() : dump_json_sorted(value);
  if (!spend(choices->size() + sorted.size(), place)) return true;
  for (const auto& choice : *choices) {
    if (is_scalar ? choice == value : dump_json_sorted(choice) == sorted) return true;
  }
  return wrong(place, "is none of the values that there are", "use " + choices_of(*choices));
}

bool SchemaVisit::visit_junctors(const Json& value, const Json& schema, const FieldPlace& place,
                                 Members members) {
  bool good = true;
  if (const auto* all = list_at(schema, "allOf")) {
    // OpenAPI says {"allOf": [{"$ref": …}]} where a reference has a default beside it.
    const bool is_wrapper = all->size() == 1 && schema.find("properties") == nullptr;
    for (const auto& one : *all) {
      good = visit(value, one, place, is_wrapper ? members : Members::kAnything) && good;
    }
  }
  good = visit_alternatives(value, schema, place) && good;
  return visit_not(value, schema, place) && good;
}

bool SchemaVisit::visit_alternatives(const Json& value, const Json& schema,
                                     const FieldPlace& place) {
  bool good = true;
  for (const std::string_view name : {"anyOf", "oneOf"}) {
    const auto* branches = list_at(schema, name);
    if (branches == nullptr) continue;
    const bool before = std::exchange(was_undecided_, false);
    std::size_t fitting = 0;
    for (const auto& branch : *branches) {
      if (fits(value, branch, place)) ++fitting;
      if (fitting > 0 && name == "anyOf") break;
    }
    const bool is_undecided = std::exchange(was_undecided_, before);
    const std::string number = std::to_string(branches->size());
    if (fitting == 0) {
      good = wrong(place, "fits none of the " + number + " forms that it may have");
    } else if (is_undecided) {
      undecided(place, "which of its forms it has could not be told");
    } else if (name == "oneOf" && fitting > 1) {
      good = wrong(place, "fits " + std::to_string(fitting) + " of " + number +
                              " forms, and may have only one of them");
    }
  }
  return good;
}

bool SchemaVisit::visit_not(const Json& value, const Json& schema, const FieldPlace& place) {
  const Json* forbidden = schema.find("not");
  if (forbidden == nullptr) return true;
  const bool before = std::exchange(was_undecided_, false);
  const bool does_fit = fits(value, *forbidden, place);
  if (std::exchange(was_undecided_, before)) {
    return undecided(place, "whether it has a form that is forbidden could not be told");
  }
  return !does_fit || wrong(place, "has a form that the schema forbids");
}

const Json* SchemaVisit::resolve(const Json& schema, const FieldPlace& place) {
  const Json* at = &schema;
  for (std::size_t i = 0; i < kMaxReferences; ++i) {
    const auto reference = at->string_at({"$ref"});
    if (reference.empty()) return at;
    const auto& known = schema_.document->components;
    const auto found = reference.starts_with(kComponents)
                           ? known.find(reference.substr(kComponents.size()))
                           : known.end();
    if (found == known.end()) {
      undecided(place, "the schema refers to something that is not there");
      return nullptr;
    }
    at = found->second;
  }
  undecided(place, "the schema refers to itself");
  return nullptr;
}

bool SchemaVisit::fits(const Json& value, const Json& schema, const FieldPlace& place) {
  ++quiet_;
  const bool good = visit(value, schema, place, Members::kAnything);
  --quiet_;
  return good;
}

bool SchemaVisit::spend(std::uint64_t steps, const FieldPlace& place) {
  if (steps_ > kMaxSchemaSteps) {
    was_undecided_ = true;
    return false;
  }
  steps_ += steps;
  if (steps_ <= kMaxSchemaSteps) return true;
  was_undecided_ = true;
  // Said whatever was said before, and even of an alternative: nothing behind it is looked at.
  faults_.push_back({Kind::kUndecided, place.pointer(),
                     "takes too long to be held against its schema to the end"});
  return false;
}

bool SchemaVisit::wrong(const FieldPlace& place, std::string message, std::string advice) {
  if (quiet_ == 0) say(Kind::kWrong, place, std::move(message), std::move(advice));
  return false;
}

bool SchemaVisit::undecided(const FieldPlace& place, std::string message) {
  was_undecided_ = true;
  if (quiet_ == 0) say(Kind::kUndecided, place, std::move(message), "");
  return true;
}

void SchemaVisit::say(Kind kind, const FieldPlace& place, std::string message, std::string advice) {
  if (counts_.at(static_cast<std::size_t>(kind)) == kMaxSchemaFaults) return;
  // A schema that leads into a circle is met there again and again.
  const auto pointer = place.pointer();
  if (!faults_.empty() && faults_.back().field == pointer && faults_.back().message == message) {
    return;
  }
  ++counts_.at(static_cast<std::size_t>(kind));
  faults_.push_back({kind, pointer, std::move(message), std::move(advice)});
}

}  // namespace sealift::checks
