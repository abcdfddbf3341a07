#pragma once

#include <sealift/base/json_reader.h>
#include <sealift/project/check_rules.h>

namespace sealift::project {

// Reads the field `checks` of an artifact or of `defaults`; what it does not name is as in
// `defaults`. Severities are merged by rule.
Result<CheckRules> read_checks(ObjectReader& owner, const CheckRules& defaults);

}  // namespace sealift::project
