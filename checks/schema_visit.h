#pragma once

#include <sealift/checks/schema_validator.h>
#include <sealift/objects/field_place.h>

#include <array>

namespace sealift::checks {

// One object on its way through one schema. Each function returns whether the value fits, and says
// what is wrong unless only the answer is wanted.
class SchemaVisit {
 public:
  SchemaVisit(SchemaValidator& validator, const Schema& schema)
      : validator_(validator), schema_(schema) {}
  std::vector<SchemaFault> run(const Json& object);

 private:
  using FieldPlace = objects::FieldPlace;
  using Kind = SchemaFault::Kind;

  // How members are taken that a schema does not mention.
  enum class Members {
    kKnown,     // they are reported
    kRoot,      // the same, but apiVersion, kind and metadata are known
    kAnything,  // a branch of allOf and the like: the schema around it knows them
  };

  bool visit(const Json& value, const Json& schema, const FieldPlace& place, Members members);
  bool visit_within(const Json& value, const Json& schema, const FieldPlace& place,
                    Members members);
  bool visit_by_type(const Json& value, const Json& schema, const FieldPlace& place,
                     Members members);
  bool visit_junctors(const Json& value, const Json& schema, const FieldPlace& place,
                      Members members);
  bool visit_alternatives(const Json& value, const Json& schema, const FieldPlace& place);
  bool visit_not(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_type(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_enum(const Json& value, const Json& schema, const FieldPlace& place);

  // schema_object.cc
  bool visit_object(const Json& value, const Json& schema, const FieldPlace& place,
                    Members members);
  bool visit_members(const Json& value, const Json& schema, const FieldPlace& place,
                     Members members);
  bool visit_member(const Json::Member& member, const Json& schema, const FieldPlace& place,
                    Members members);
  bool check_required(const Json& value, const Json& schema, const FieldPlace& place);
  bool is_closed(const Json& schema, Members members) const;
  bool accepts_null(const Json& schema);

  // schema_array.cc
  bool visit_array(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_distinct(const Json::Array& items, const Json& schema, const FieldPlace& place);
  bool check_map_keys(const Json::Array& items, const Json& keys, const FieldPlace& place);

  // schema_scalar.cc
  bool check_string(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_pattern(const std::string& text, const std::string& pattern, const FieldPlace& place);
  bool check_number(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_bounds(const Json& value, const Json& schema, const FieldPlace& place);
  bool check_count(std::size_t count, const Json& schema, std::string_view least,
                   std::string_view most, std::string_view noun, const FieldPlace& place);

  // Follows "$ref" as far as it goes; null where it leads nowhere.
  const Json* resolve(const Json& schema, const FieldPlace& place);
  // Asks without saying anything.
  bool fits(const Json& value, const Json& schema, const FieldPlace& place);

  bool spend(std::uint64_t steps, const FieldPlace& place);
  bool wrong(const FieldPlace& place, std::string message, std::string advice = {});
  // Always true: what is not understood refuses nothing.
  bool undecided(const FieldPlace& place, std::string message);
  void say(Kind kind, const FieldPlace& place, std::string message, std::string advice);

  SchemaValidator& validator_;
  const Schema& schema_;
  std::vector<SchemaFault> faults_;
  std::array<std::size_t, 3> counts_{};  // by kind: many of one hide none of another
  std::size_t depth_ = 0;
  std::uint64_t steps_ = 0;
  std::size_t quiet_ = 0;  // within how many alternatives
  bool was_undecided_ = false;
};

}  // namespace sealift::checks
