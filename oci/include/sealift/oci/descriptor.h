#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::oci {

// Sorted by name when written.
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

// kInvalidInput naming the member under `path`.
Result<Descriptor> parse_descriptor(const Json& json, const std::string& path);
Json to_json(const Descriptor& descriptor);

}  // namespace sealift::oci
