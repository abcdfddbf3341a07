#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <map>
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

// The text of one document and where its first byte stands in the file.
struct YamlText {
  std::string_view bytes;  // a view of what was parsed, which must outlive it
  SourcePosition position;
};

struct YamlDocument {
  Json value;
  SourcePosition start;  // of the document's first token
  YamlText text;
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

// For messages: where the member or element at an RFC 6901 pointer stands in a document; a member's
// place is its key's. The place of the nearest thing around it where it is missing or came through
// an alias. Reads the document again, so it is for errors; its value is not looked at.
SourcePosition locate(const YamlDocument& document, std::string_view pointer);
// The same for each of many pointers, and the document is read once.
std::vector<SourcePosition> locate_all(const YamlDocument& document,
                                       const std::vector<std::string>& pointers);

// Where the items of Kubernetes lists begin, by their pointers: "/items/2", and "/items/3/items/0"
// in a list of lists. What came through an alias is missing. Reads the document once, however many
// lists are in it.
std::map<std::string, SourcePosition> locate_items(const YamlDocument& document);

// Writes one document in block style that every YAML 1.1 and 1.2 reader takes for the same data:
// members in their order, strings quoted where any reader could see something else.
std::string dump_yaml(const Json& value);

}  // namespace sealift::objects
