#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::objects {

// What a scalar means, by the rules of go-yaml v2 that are behind sigs.k8s.io/yaml, as a JSON value
// that kubectl would send. `tag` is empty where none was written. kInvalidInput, without a place in
// the message, for .inf and .nan, a tag that the text does not fit, and unknown tags.
Result<Json> resolve_scalar(std::string_view tag, std::string_view text, bool plain);

// The same for a key of a mapping: numbers and booleans become strings as sigs.k8s.io/yaml writes
// them. kInvalidInput for null, which JSON cannot have, and integers beyond 63 bits.
Result<std::string> resolve_key(std::string_view tag, std::string_view text, bool plain);

// True for "<<", whose value's members belong to the mapping itself.
bool is_merge_key(std::string_view tag, std::string_view text, bool plain);

// kInvalidInput for a tag that does not belong on a sequence or a mapping.
Result<> check_collection_tag(std::string_view tag, bool sequence);

// True where a plain scalar of this text would be read as anything but this very string.
bool resolves_to_other(std::string_view text);

}  // namespace sealift::objects
