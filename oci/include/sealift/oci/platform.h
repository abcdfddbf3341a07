#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/descriptor.h>

#include <string>
#include <string_view>

namespace sealift::oci {

// What an entry of an index is for (OCI image-spec 1.1, image-index.md, "platform"), as people
// write it: "linux/amd64", "linux/arm64/v8". Empty where it says nothing.
std::string platform_text(const Json& platform);

// Whether the text names an operating system and an architecture, and at most a variant.
bool is_platform(std::string_view text);

// The entry of an index that is for a platform; without a variant, the first of those that differ
// in nothing else. `index` is the document. kNotFound naming the platforms that there are,
// kInvalidInput.
Result<Descriptor> find_platform(std::string_view index, std::string_view media_type,
                                 std::string_view wanted);

}  // namespace sealift::oci
