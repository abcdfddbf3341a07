#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::objects {

// Flux writes an object as YAML by go-yaml, replaces variables in that text, and reads it again.
// These two say, for one string, what that comes to.

// Whether go-yaml writes a string on one line without quotes (yaml_emitter_analyze_scalar, block
// context). It must not be one that is quoted because it would read as a number or the like; what
// holds "${" never is.
bool is_written_plain(std::string_view text);

// What is read where text without quotes was replaced: a number, boolean or null by the rules of
// parse_yaml(); a flow sequence, flow mapping or quoted string where it is one; and otherwise the
// text, without blanks around it. kInvalidInput for .inf and .nan.
Result<Json> read_substituted(std::string text);

}  // namespace sealift::objects
