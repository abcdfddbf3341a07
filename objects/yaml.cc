#include <sealift/objects/yaml.h>

#include "yaml_composer.h"
#include "yaml_events.h"
#include "yaml_json.h"
#include "yaml_stream.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <iterator>

namespace sealift::objects {
namespace {

Error at(std::string_view file, SourcePosition position, std::string_view message) {
  return Error(ErrorCode::kInvalidInput, std::string(file) + ":" + std::to_string(position.line) +
                                             ":" + std::to_string(position.column) + ": " +
                                             std::string(message));
}

// Where the first ill-formed sequence is: no sequence of a well-formed text spans two lines.
SourcePosition position_of_bad_utf8(std::string_view bytes) {
  std::uint32_t line = 1;
  std::string_view row = bytes.substr(0, bytes.find('\n'));
  while (is_utf8(row) && row.size() < bytes.size()) {
    bytes.remove_prefix(row.size() + 1);
    row = bytes.substr(0, bytes.find('\n'));
    ++line;
  }
  std::uint32_t column = 1;
  while (!row.empty()) {
    const auto lead = static_cast<unsigned char>(row[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!is_utf8(row.substr(0, length))) break;
    row.remove_prefix(length);
    ++column;
  }
  return {line, column};
}

Result<> check_text(std::string_view bytes, std::string_view file, const YamlLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return fail(at(file, {1, 1},
                   "the file has " + std::to_string(bytes.size()) +
                       " bytes, more than the limit "
                       "of " +
                       std::to_string(limits.max_bytes) + "; split it"));
  }
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return fail(at(file, {1, 1}, "the file is UTF-16; save it as UTF-8"));
  }
  if (!is_utf8(bytes)) {
    return fail(at(file, position_of_bad_utf8(bytes),
                   "bytes that are not valid UTF-8; save the file as UTF-8"));
  }
  return {};
}

}  // namespace

Result<std::vector<YamlDocument>> parse_yaml(std::string_view bytes, std::string_view file,
                                             const YamlLimits& limits) {
  SEALIFT_TRY(check_text(bytes, file, limits));
  YamlBudget budget(limits);
  std::vector<YamlDocument> documents;
  YamlStream stream(bytes, file);
  YamlChunk chunk;
  std::uint32_t chunks = 0;
  const auto check_count = [&](std::uint64_t count) -> Result<> {
    if (count <= limits.max_documents) return {};
    return fail(at(file, {chunk.first_line, 1},
                   "the file holds more than " + std::to_string(limits.max_documents) +
                       " documents; split it"));
  };
  for (;;) {
    SEALIFT_ASSIGN(const bool more, stream.next(chunk));
    if (!more) return documents;
    SEALIFT_TRY(check_count(++chunks));
    SEALIFT_ASSIGN(auto json, read_json_chunk(chunk, file, budget));
    if (json) {
      std::move(json->begin(), json->end(), std::back_inserter(documents));
      SEALIFT_TRY(check_count(documents.size()));
      continue;
    }
    YamlEvents events({chunk.text, {chunk.first_line, 1}}, file);
    SEALIFT_ASSIGN(auto document, YamlComposer(events, budget).compose());
    if (document && !document->value.is_null()) documents.push_back(*std::move(document));
  }
}

}  // namespace sealift::objects
