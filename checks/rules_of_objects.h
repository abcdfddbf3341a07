#pragma once

#include <sealift/checks/check_options.h>
#include <sealift/checks/schema_set.h>
#include <sealift/checks/schema_validator.h>
#include <sealift/objects/object.h>

#include "remarks.h"

namespace sealift::checks {

// Each is one rule, or two that belong together, and looks at one object.
void check_api_version(const objects::Object& object, const CheckOptions& options,
                       Remarks& remarks);
void check_plain_secrets(const objects::Object& object, Remarks& remarks);
void check_secret_object(const objects::Object& object, const CheckOptions& options,
                         Remarks& remarks);
void check_image_tags(const objects::Object& object, Remarks& remarks);
void check_schema(const objects::Object& object, const SchemaSet& schemas,
                  SchemaValidator& validator, Remarks& remarks);

}  // namespace sealift::checks
