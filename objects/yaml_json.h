#pragma once

#include "yaml_composer.h"
#include "yaml_stream.h"

#include <sealift/base/result.h>
#include <sealift/objects/yaml.h>

#include <optional>
#include <string_view>
#include <vector>

namespace sealift::objects {

// A chunk that begins with "{" is JSON before it is YAML, as for kubectl: the two differ in escapes
// and in the length of keys. Nullopt where it is no sequence of JSON documents; it may still be
// YAML. kInvalidInput for what is JSON and breaks a limit or holds a number that no double holds.
Result<std::optional<std::vector<YamlDocument>>> read_json_chunk(const YamlChunk& chunk,
                                                                 std::string_view file,
                                                                 YamlBudget& budget);

}  // namespace sealift::objects
