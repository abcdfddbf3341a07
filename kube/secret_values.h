#pragma once

#include <sealift/base/error.h>
#include <sealift/base/json.h>

namespace sealift::kube {

// API servers quote a value of the wrong type in their refusal ("expected string, got …"), and such
// words end up in logs and records. The same error with every value of a Secret's data replaced by
// "(hidden)"; errors about other kinds stay as they are.
Error without_secret_values(Error error, const Json& object);

}  // namespace sealift::kube
