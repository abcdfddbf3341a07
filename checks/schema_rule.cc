#include <sealift/base/encoding.h>
#include <sealift/checks/rule.h>

#include "rules_of_objects.h"

namespace sealift::checks {
namespace {

std::string_view rule_of(SchemaFault::Kind kind) {
  switch (kind) {
    case SchemaFault::Kind::kWrong:
      return kSchema;
    case SchemaFault::Kind::kUnknown:
      return kUnknownField;
    case SchemaFault::Kind::kUndecided:
      return kUnchecked;
  }
  return kSchema;
}

}  // namespace

void check_schema(const objects::Object& object, const SchemaSet& schemas,
                  SchemaValidator& validator, Remarks& remarks) {
  auto [schema, problem, advice] = schemas.find(object.gvk());
  if (!problem.empty()) {
    remarks.add(kSchema, "/apiVersion", std::move(problem), std::move(advice));
  } else if (schema != nullptr) {
    for (auto& fault : validator.validate(object.json(), *schema)) {
      remarks.add(rule_of(fault.kind), std::move(fault.field), std::move(fault.message),
                  std::move(fault.advice));
    }
  } else if (schemas.expects_all()) {
    remarks.add(kNoSchema, "/apiVersion",
                "no schema is known for it, so its fields were not checked",
                "fetch the schemas of a cluster that has its definition");
  }
}

}  // namespace sealift::checks
