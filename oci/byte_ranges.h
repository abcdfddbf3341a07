#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sealift::oci {

// What part of a blob an answer holds.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;  // nullopt: "*"
};

// "bytes 100-199/200" (RFC 9110, section 14.4). nullopt for other units, and where the numbers do
// not fit each other.
std::optional<ContentRange> parse_content_range(std::string_view text);

// How many bytes an upload holds, by the Range of its registry: "0-99" is 100, with or without
// "bytes=" in front (distribution-spec 1.1, "Pushing a blob in chunks"). "0-0" is what registries
// say of an upload that holds nothing. nullopt for anything else.
std::optional<std::uint64_t> parse_stored_range(std::string_view text);

}  // namespace sealift::oci
