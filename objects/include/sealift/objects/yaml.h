#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::objects {

struct YamlLimits {
  std::uint64_t max_bytes = 16u << 20;
  std::uint32_t max_depth = 64;
  std::uint64_t max_values = 1u << 20;  // after aliases are expanded
  std::uint32_t max_documents = 10'000;
};

struct SourcePosition {
  std::uint32_t line = 0;  // from 1
  std::uint32_t column = 0;
};

struct YamlDocument {
  Json value;
  SourcePosition start;  // of the document's first token
};

// Reads a stream of documents as Kubernetes reads it: YAML 1.1 with the resolution of scalars that
// go-yaml has behind sigs.k8s.io/yaml (yes/no/on/off are booleans, 0644 is 420, integers of 64 bits
// keep their digits, larger ones become floating point as kubectl sends them), JSON's data model
// (keys become strings), "---" between documents, empty ones skipped, CRLF and a BOM accepted,
// merge keys and aliases expanded within the limits. Text that begins with "{" is read as JSON
// first. Each rule: docs/formats/yaml.md.
//
// kInvalidInput "FILE:LINE:COLUMN: …" for syntax, duplicate keys, unknown tags, invalid UTF-8,
// values that JSON has not (.nan, .inf), and each limit.
Result<std::vector<YamlDocument>> parse_yaml(std::string_view bytes, std::string_view file,
                                             const YamlLimits& limits = {});

// For messages: where the member or element at an RFC 6901 pointer stands in the document that
// starts at `document`; a member's place is its key's. The place of the nearest thing around it
// where it is missing or came through an alias. Reads the document again, so it is for errors.
SourcePosition locate(std::string_view bytes, SourcePosition document, std::string_view pointer);

// Where each element of the array at the pointer begins; fewer where they cannot be found.
std::vector<SourcePosition> locate_elements(std::string_view bytes, SourcePosition document,
                                            std::string_view pointer);

// Writes one document in block style that every YAML 1.1 and 1.2 reader takes for the same data:
// members in their order, strings quoted where any reader could see something else.
std::string dump_yaml(const Json& value);

}  // namespace sealift::objects
