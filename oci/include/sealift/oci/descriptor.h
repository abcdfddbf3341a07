#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::oci {

// Sorted by name when read and when written.
using Annotations = std::vector<std::pair<std::string, std::string>>;
// The value, or empty.
std::string_view find_annotation(const Annotations& annotations, std::string_view name);

// OCI image-spec 1.1, descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  std::string artifact_type;
  Annotations annotations;

  bool operator==(const Descriptor&) const = default;
};

// Reads the members above; others are ignored, as descriptor.md demands. kInvalidInput naming the
// member under `path`.
Result<Descriptor> parse_descriptor(const Json& json, const std::string& path);
Json to_json(const Descriptor& descriptor);
Json to_json(const Annotations& annotations);

// "type/subtype" without parameters (RFC 6838, section 4.2).
bool is_valid_media_type(std::string_view text);

}  // namespace sealift::oci
