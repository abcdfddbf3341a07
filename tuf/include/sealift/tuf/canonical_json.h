#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>

namespace sealift::tuf {

// The bytes that TUF signs: OLPC's canonical JSON. Members sorted by the bytes of their names, no
// white space, in strings only quote and backslash escaped and every other byte as it is, so the
// result need not be JSON. kInvalidInput for a number that is no whole number: it has no canonical
// form ("-0" has two, and counts among them).
Result<std::string> canonical_json(const Json& value);

}  // namespace sealift::tuf
