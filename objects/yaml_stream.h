#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/yaml.h>

#include <cstdint>
#include <string_view>

namespace sealift::objects {

// One document's text and the line of the file on which it begins, from 1.
struct YamlChunk {
  std::string_view text;
  std::uint32_t first_line = 1;
};

// Cuts a stream into documents as kubectl does (k8s.io/apimachinery, util/yaml): by lines that
// begin with "---", before any YAML is read. Chunks of white space are skipped.
class YamlStream {
 public:
  // Both views must outlive this. A UTF-8 byte order mark at the start is skipped.
  YamlStream(std::string_view bytes, std::string_view file);

  // False at the end. kInvalidInput for text behind "---", which kubectl refuses too.
  Result<bool> next(YamlChunk& chunk);

 private:
  std::string_view rest_;
  std::string_view file_;
  std::uint32_t line_ = 1;
};

}  // namespace sealift::objects
