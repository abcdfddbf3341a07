#pragma once

#include <sealift/base/error.h>
#include <sealift/target/desired_state.h>

namespace sealift::target {

// Whether a refusal says that a field can never be changed, so that only deleting and creating
// again helps. Servers have no code of their own for it.
bool says_immutable(const Error& error);

// Such a refusal of an object, and what can be done about it: why it is never deleted to be created
// again, or how to allow that.
Error explain_immutable(const Error& error, const DesiredObject& object);

}  // namespace sealift::target
