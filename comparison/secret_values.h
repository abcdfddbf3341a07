#pragma once

#include <sealift/base/json.h>

#include <string_view>

namespace sealift::comparison {

// Secret of the core group.
bool is_secret(const Json& object);
// Whether this member of a Secret holds what nobody may see.
bool holds_secrets(std::string_view member);

// A Secret with `stringData` moved into `data` as the API server does it: in base64, and over what
// `data` has of that name (core/v1 Secret). Line breaks within base64, which Go's reader passes
// over, go.
void merge_string_data(Json& secret);

// "(sensitive, 12 bytes)" in place of each value; the length is that of the decoded bytes. Lists
// and objects become what their values become, since they should not be there.
Json without_values(const Json& data, bool changed = false);

// The whole object without what it keeps secret; any other kind as it is.
Json without_secrets(Json object);

}  // namespace sealift::comparison
