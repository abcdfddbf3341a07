#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sealift::objects {

using VariableValues = std::map<std::string, std::string, std::less<>>;

// A letter or "_", then letters, digits and "_".
bool is_variable_name(std::string_view name);

// Replaces ${NAME} in one text, with the functions of bash that Flux's postBuild has:
// docs/formats/substitution.md lists them. "$${" is a "${" that stays. A variable without value and
// default becomes empty text; its name is put into `undefined`. kInvalidInput for a "${" that is
// never closed, a wrong expression, nesting above 16 levels or more than `max_bytes`.
Result<std::string> substitute_text(std::string_view text, const VariableValues& values,
                                    std::uint64_t max_bytes, std::set<std::string>& undefined);

// Replaces the variables of a whole object, in values and in names of members. Text that Kubernetes
// or a manifest's author could have written without quotes is read again as YAML after it was
// replaced, so that `replicas: ${N}` becomes a number; what only text can be stays text. The result
// has passed the checks of parse_object(). kInvalidInput naming file, line, object and field.
Result<Object> substitute(const Object& object, const VariableValues& values,
                          std::set<std::string>& undefined);

}  // namespace sealift::objects
